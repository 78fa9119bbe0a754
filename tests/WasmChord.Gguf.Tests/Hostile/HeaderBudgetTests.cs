namespace WasmChord.Gguf.Tests.Hostile;

/// <summary>Files that are right in every field and larger than any real header: refused before they take the memory.</summary>
[Collection("alone")]
public class HeaderBudgetTests
{
    private const long AllocationLimitBytes = 64L * 1024 * 1024;

    [Theory]
    [InlineData("keys")]
    [InlineData("strings")]
    [InlineData("arrays")]
    [InlineData("tensors")]
    public async Task Open_EndlessHeader_IsRefusedWithinTheLimit(string what)
    {
        RepeatingSource source = what switch
        {
            "keys" => new RepeatingSource(tensors: 0, keys: 10_000_000, new RawGguf().Str("01234567").U32(0).U8(1).ToArray()),
            "strings" => new RepeatingSource(0, 100_000, new RawGguf().Str("01234567").U32(8).Str(new byte[60_000]).ToArray()),
            "arrays" => new RepeatingSource(0, 1_000_000, new RawGguf().Str("01234567").U32(9).U32(0).Len(1000).Zeros(1000).ToArray()),
            _ => new RepeatingSource(10_000_000, 0, new RawGguf().Tensor("01234567", 0, 0, 0).ToArray()),
        };
        long before = GC.GetAllocatedBytesForCurrentThread();

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await GgufModel.OpenAsync([source]));

        Assert.Equal(GgufError.HeaderTooLarge, e.Error);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, AllocationLimitBytes);
    }

    /// <summary>A header whose entries are one pattern again and again; only the eight characters of each name count up.</summary>
    private sealed class RepeatingSource(long tensors, long keys, byte[] pattern) : IGgufSource
    {
        private const int HeadBytes = 24, NameOffset = 8;

        private readonly byte[] _head = new RawGguf().Header((ulong)tensors, (ulong)keys).ToArray();

        public string Name => "endless.gguf";

        public long Length => HeadBytes + Math.Max(tensors, keys) * pattern.Length;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken = default)
        {
            int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
            for (int i = 0; i < count; i++) buffer.Span[i] = At(offset + i);
            return ValueTask.FromResult(count);
        }

        public void Dispose()
        {
        }

        private byte At(long position)
        {
            if (position < HeadBytes) return _head[position];
            (long entry, long within) = Math.DivRem(position - HeadBytes, pattern.Length);
            if (within is < NameOffset or >= NameOffset + 8) return pattern[within];
            int digit = (int)(entry >> (int)(4 * (within - NameOffset))) & 15;
            return (byte)('a' + digit);
        }
    }
}
