namespace WasmChord.Gguf;

/// <summary>Bytes that can be read at any offset: what a GGUF file is parsed from.</summary>
public interface IGgufSource : IDisposable
{
    /// <summary>What error messages call it: a path, where there is one.</summary>
    string Name { get; }

    /// <summary>Length in bytes, fixed when the source was made.</summary>
    long Length { get; }

    /// <summary>
    /// Reads into <paramref name="buffer"/> from <paramref name="offset"/>. Returns how many bytes it read: at least
    /// one, unless the buffer is empty or the offset is at or beyond the end. Calls may overlap in time.
    /// </summary>
    ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken = default);
}
