namespace WasmChord.Memory64;

/// <summary>What a host function answers a guest when it has no result: the codes of <c>docs/GUESTS.md</c>.</summary>
public enum GuestCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The guest was given no model, or one whose image is not what the function needs.</summary>
    NotEnabled = -1,

    /// <summary>The model has no such layer.</summary>
    LayerNotFound = -2,

    /// <summary>The result does not fit the length given; nothing was written.</summary>
    BufferTooSmall = -3,

    /// <summary>Storage failed, or the range lies outside the tensor data.</summary>
    ReadFailed = -4,

    /// <summary>The guest exports no memory named <c>memory</c>.</summary>
    NoMemory = -5,

    /// <summary>Pointer plus length exceed 2^32.</summary>
    PointerOverflow = -6,

    /// <summary>Pointer plus length exceed the guest's memory.</summary>
    PointerOutOfBounds = -7,

    /// <summary>The exported memory cannot be written to: it is the weights.</summary>
    WriteFailed = -8,

    /// <summary>The deadline passed before the layer was there.</summary>
    TimedOut = -9,

    /// <summary>
    /// The layer exceeds the budget, or would have to wait for memory while the guest holds layers; or a kernel would need
    /// more than <see cref="GuestLimits.ScratchBytes"/>.
    /// </summary>
    Refused = -10,

    /// <summary>The layer, or the address, is not within what the guest has acquired.</summary>
    NotAcquired = -11,

    /// <summary>The guest holds as many layers as its limits allow.</summary>
    TooManyLeases = -12,

    /// <summary>No tensor, or no metadata key, of that name.</summary>
    NotFound = -13,

    /// <summary>Not a tensor type that the function knows, or not the type of the tensor at that address.</summary>
    BadType = -14,

    /// <summary>A count, an extent or an alignment that makes no sense.</summary>
    BadArgument = -15,

    /// <summary>The model is closing, or restarts.</summary>
    Unavailable = -16,
}
