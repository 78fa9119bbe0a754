namespace WasmChord.Actors;

/// <summary>Why a guest did not run.</summary>
public enum GuestRefusal
{
    /// <summary>The module is malformed, too large, could write to weights, or uses what guests do not have.</summary>
    BadModule,

    /// <summary>An option makes no sense.</summary>
    InvalidOption,

    /// <summary>As many guests run or wait as the settings allow.</summary>
    TooManyGuests,

    /// <summary>A guest of that id runs.</summary>
    DuplicateId,

    /// <summary>The model is being closed, or is closed.</summary>
    ModelClosed,

    /// <summary>An actor of the engine failed, and the guest ended with it; the model goes on.</summary>
    Internal,

    /// <summary>The platform cannot show an image to guests.</summary>
    NotSupported,
}
