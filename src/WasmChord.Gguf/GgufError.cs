namespace WasmChord.Gguf;

/// <summary>The ways a GGUF file, or a set of shards, can be broken.</summary>
public enum GgufError
{
    /// <summary>The first four bytes are not <c>GGUF</c>.</summary>
    BadMagic,

    /// <summary>The version is not 1, 2 or 3 in either byte order.</summary>
    UnsupportedVersion,

    /// <summary>The version says 1 (32-bit counts), but what follows has the form of a later version's 64-bit counts.</summary>
    MislabelledVersion,

    /// <summary>The path names a directory or something else that has no bytes.</summary>
    NotAFile,

    /// <summary>The file ends inside its header, before its tensor data, or inside the padding of its last tensor.</summary>
    Truncated,

    /// <summary>A count of keys, tensors or array elements is larger than the bytes left could hold.</summary>
    CountExceedsFile,

    /// <summary>The length of a string is larger than the bytes left.</summary>
    LengthExceedsFile,

    /// <summary>A metadata key is the empty string.</summary>
    EmptyKey,

    /// <summary>A metadata key is longer than 65,535 bytes.</summary>
    KeyTooLong,

    /// <summary>A metadata key or tensor name is not valid UTF-8.</summary>
    InvalidUtf8,

    /// <summary>Two metadata keys are the same.</summary>
    DuplicateKey,

    /// <summary>A metadata value or array element has a type number that GGUF does not define.</summary>
    UnknownValueType,

    /// <summary>An array of arrays.</summary>
    NestedArray,

    /// <summary><c>general.alignment</c> is not a 32-bit unsigned power of two.</summary>
    InvalidAlignment,

    /// <summary>A tensor's name is empty or holds a zero byte.</summary>
    InvalidTensorName,

    /// <summary>A tensor's name takes 64 bytes or more.</summary>
    TensorNameTooLong,

    /// <summary>Two tensors have the same name, in one file or across shards.</summary>
    DuplicateTensor,

    /// <summary>A tensor has more than four dimensions.</summary>
    TooManyDimensions,

    /// <summary>An extent does not fit a signed 64-bit number.</summary>
    InvalidDimension,

    /// <summary>The extents, or the bytes they take, multiply to more than a signed 64-bit number.</summary>
    SizeOverflow,

    /// <summary>A tensor's type number was withdrawn or never defined.</summary>
    UnknownTensorType,

    /// <summary>A row is not a whole number of the type's blocks.</summary>
    PartialBlock,

    /// <summary>A tensor's offset is not a multiple of the alignment.</summary>
    MisalignedOffset,

    /// <summary>A tensor's data ends beyond the end of the file.</summary>
    TensorOutOfFile,

    /// <summary>Two tensors share bytes.</summary>
    TensorOverlap,

    /// <summary>Keys, tensor names and small values would take more memory than any real header does.</summary>
    HeaderTooLarge,

    /// <summary>An array or string cannot be held in one managed array.</summary>
    ValueTooLarge,

    /// <summary>An element of an array does not fit the type it was asked for.</summary>
    ValueOutOfRange,

    /// <summary>A shard of a split model is absent.</summary>
    MissingShard,

    /// <summary>The shards of a split model contradict each other, their names, or their <c>split.*</c> keys.</summary>
    SplitMismatch,
}
