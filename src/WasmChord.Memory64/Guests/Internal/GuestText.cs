namespace WasmChord.Memory64;

/// <summary>
/// What guests and their modules say, made fit for a message: names, types and the engine's own sentences are as long as
/// a guest likes, and whoever asked for it to be run gets them, and logs them.
/// </summary>
internal static class GuestText
{
    /// <summary>Characters of a message that come from a guest, at most; what is cut says so by three dots.</summary>
    public const int LongestMessage = 1_000;

    private const int LongestName = 100;
    private const string Dots = "...", Cause = "Caused by:";

    /// <summary>A message of bearable length.</summary>
    public static string Cut(string message) => Cut(message, LongestMessage);

    /// <summary>A name as a part of a message.</summary>
    public static string Name(string name) => Cut(name, LongestName);

    /// <summary>The engine's messages begin with what it was at, or with the guest's stack, and end with the cause.</summary>
    public static string CauseOf(Exception e)
    {
        int at = e.Message.LastIndexOf(Cause, StringComparison.Ordinal);
        return Cut((at < 0 ? e.Message : e.Message[(at + Cause.Length)..]).ReplaceLineEndings(" ").Trim());
    }

    // Not within a pair of surrogates: half of one is no text.
    private static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        int end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return text[..end] + Dots;
    }
}
