namespace WasmChord.Gguf.Internal;

/// <summary>
/// Bounds what one header may take in memory, however large its file is: keys, tensor names and values that are held.
/// A real header takes a few hundred kilobytes; a sparse file of gigabytes could otherwise claim a multiple of its size.
/// </summary>
internal sealed class HeaderBudget
{
    public const long LimitBytes = 24 * 1024 * 1024;

    // Roughly what one entry or tensor info takes besides its text, with its places in lists and dictionaries.
    private const int EntryBytes = 256;

    private long _bytes;

    /// <summary>Accounts for one entry whose text takes so many bytes in the file.</summary>
    public void Charge(GgufCursor cursor, long textBytes)
    {
        _bytes += EntryBytes + textBytes * sizeof(char);
        if (_bytes <= LimitBytes) return;
        throw cursor.Error(
            GgufError.HeaderTooLarge,
            $"keys, tensor names and small values take more than {LimitBytes} bytes", cursor.Position);
    }
}
