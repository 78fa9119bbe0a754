namespace WasmChord.Memory64;

/// <summary>The refusals of a guest's module, with the offset in their text.</summary>
internal static class GuestRefusals
{
    /// <summary>The bytes are not a module.</summary>
    public static GuestModuleException Malformed(string what, long offset) => At(GuestModuleError.Malformed, what, offset);

    /// <summary>A known extension that guests may not use.</summary>
    public static GuestModuleException Unsupported(string what, long offset) =>
        At(GuestModuleError.UnsupportedFeature, $"{what} is not supported in guests", offset);

    /// <summary>A count beyond the limits.</summary>
    public static GuestModuleException TooLarge(string what, long offset) => At(GuestModuleError.TooLarge, what, offset);

    /// <summary>A refusal of any kind.</summary>
    public static GuestModuleException At(GuestModuleError code, string what, long offset) =>
        new(code, $"the guest's module, offset 0x{offset:x}: {what}", offset);
}
