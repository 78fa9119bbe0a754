using System.Text;

namespace WasmChord.Gguf.Tests;

/// <summary>One case for every way in which a file can be broken, each built byte by byte.</summary>
public class BrokenHeadersTests
{
    private static readonly Dictionary<string, (GgufError Error, Func<byte[]> Build)> s_cases = new()
    {
        ["empty file"] = (GgufError.Truncated, () => []),
        ["two bytes of magic"] = (GgufError.Truncated, () => "GG"u8.ToArray()),
        ["three other bytes"] = (GgufError.BadMagic, () => "PK!"u8.ToArray()),
        ["other magic"] = (GgufError.BadMagic, () => "GGMLxxxxxxxxxxxxxxxxxxxx"u8.ToArray()),
        ["reversed magic"] = (GgufError.BadMagic, () => "FUGG\0\0\0\u0003xxxxxxxxxxxxxxxx"u8.ToArray()),
        ["magic alone"] = (GgufError.Truncated, () => "GGUF"u8.ToArray()),
        ["version 0"] = (GgufError.UnsupportedVersion, () => new RawGguf(0).Header(0, 0).ToArray()),
        ["version 4"] = (GgufError.UnsupportedVersion, () => new RawGguf(4).Header(0, 0).ToArray()),
        ["version 4, big-endian"] = (GgufError.UnsupportedVersion, () => new RawGguf(4, true).Header(0, 0).ToArray()),
        ["huge version"] = (GgufError.UnsupportedVersion, () => new RawGguf(-1).Header(0, 0).ToArray()),
        ["version 3 body labelled 1"] = (GgufError.MislabelledVersion,
            () => Relabel(1, new RawGguf().Header(1, 1).U32Pair("k", 1).Tensor("t", 0, 0, 1).PadTo(32).Zeros(32))),
        ["version 1 body labelled 2"] = (GgufError.CountExceedsFile,
            () => Relabel(2, new RawGguf(1).Header(1, 1).U32Pair("k", 1).Tensor("t", 0, 0, 1).PadTo(32).Zeros(32))),
        ["ends in the counts"] = (GgufError.Truncated, () => new RawGguf().Header(0, 0).ToArray()[..20]),
        ["more keys than bytes"] = (GgufError.CountExceedsFile, () => new RawGguf().Header(0, 10).Zeros(64).ToArray()),
        ["key count 2^64-1"] = (GgufError.CountExceedsFile, () => new RawGguf().Header(0, ulong.MaxValue).Zeros(64).ToArray()),
        ["more tensors than bytes"] = (GgufError.CountExceedsFile, () => new RawGguf().Header(10, 0).Zeros(64).ToArray()),
        ["tensor count 2^63"] = (GgufError.CountExceedsFile, () => new RawGguf().Header(1UL << 63, 0).Zeros(64).ToArray()),
        ["empty key"] = (GgufError.EmptyKey, () => OneKey(w => w.Key("", 4).U32(1))),
        ["key beyond the file"] = (GgufError.LengthExceedsFile, () => OneKey(w => w.Len(1000).Raw(1, 2, 3))),
        ["key of 2^64-1 bytes"] = (GgufError.LengthExceedsFile, () => OneKey(w => w.Len(ulong.MaxValue).Raw(1, 2, 3))),
        ["key of 65,536 bytes"] = (GgufError.KeyTooLong, () => OneKey(w => w.Key(new string('k', 65_536), 4).U32(1))),
        ["key not UTF-8"] = (GgufError.InvalidUtf8, () => OneKey(w => w.Str([0x61, 0xFF, 0x62]).U32(4).U32(1))),
        ["key cut inside a character"] = (GgufError.InvalidUtf8, () => OneKey(w => w.Str([0x61, 0xC3]).U32(4).U32(1))),
        ["duplicate key"] = (GgufError.DuplicateKey, () => new RawGguf().Header(0, 2).U32Pair("k", 1).U32Pair("k", 1).ToArray()),
        ["value type 13"] = (GgufError.UnknownValueType, () => OneKey(w => w.Key("k", 13).U64(0))),
        ["value type -1"] = (GgufError.UnknownValueType, () => OneKey(w => w.Key("k", -1).U64(0))),
        ["ends in a value"] = (GgufError.Truncated, () => OneKey(w => w.Key("key", 10).U32(0), padding: 0)),
        ["ends in a type"] = (GgufError.Truncated, () => OneKey(w => w.Str("a key of some length").U16(4), padding: 0)),
        ["string value beyond the file"] = (GgufError.LengthExceedsFile, () => OneKey(w => w.Key("k", 8).Len(1000).Raw(1))),
        ["array of arrays"] = (GgufError.NestedArray, () => OneKey(w => w.ArrayHead("k", 9, 1).U32(4).Len(1).U32(1))),
        ["array of unknown type"] = (GgufError.UnknownValueType, () => OneKey(w => w.ArrayHead("k", 99, 1).U32(4))),
        ["array longer than the file"] = (GgufError.CountExceedsFile, () => OneKey(w => w.ArrayHead("k", 4, 1000))),
        ["array whose bytes wrap"] = (GgufError.CountExceedsFile, () => OneKey(w => w.ArrayHead("k", 10, 1UL << 61).U64(0))),
        ["array of 2^64-1 bytes"] = (GgufError.CountExceedsFile, () => OneKey(w => w.ArrayHead("k", 0, ulong.MaxValue))),
        ["more strings than bytes"] = (GgufError.CountExceedsFile, () => OneKey(w => w.ArrayHead("k", 8, 1000).Str("a"))),
        ["string of an array beyond the file"] = (GgufError.LengthExceedsFile,
            () => OneKey(w => w.ArrayHead("k", 8, 2).Str("a").Len(1UL << 40))),
        ["string of an array at 2^63"] = (GgufError.LengthExceedsFile, () => OneKey(w => w.ArrayHead("k", 8, 1).Len(1UL << 63))),
        ["string array cut off"] = (GgufError.Truncated, () => OneKey(w => w.ArrayHead("k", 8, 2).Str("abcdefgh").U32(1), padding: 0)),
        ["alignment 0"] = (GgufError.InvalidAlignment, () => OneKey(w => w.U32Pair("general.alignment", 0))),
        ["alignment 13"] = (GgufError.InvalidAlignment, () => OneKey(w => w.U32Pair("general.alignment", 13))),
        ["alignment 2^31"] = (GgufError.InvalidAlignment, () => OneKey(w => w.U32Pair("general.alignment", 1U << 31))),
        ["alignment of another width"] = (GgufError.InvalidAlignment, () => OneKey(w => w.Key("general.alignment", 10).U64(32))),
        ["alignment as a string"] = (GgufError.InvalidAlignment, () => OneKey(w => w.StringPair("general.alignment", "32"))),
        ["empty tensor name"] = (GgufError.InvalidTensorName, () => OneTensor(w => w.Tensor("", 0, 0, 1))),
        ["zero byte in a tensor name"] = (GgufError.InvalidTensorName, () => OneTensor(w => w.Tensor("a\0b", 0, 0, 1))),
        ["tensor name of 64 bytes"] = (GgufError.TensorNameTooLong, () => OneTensor(w => w.Tensor(new string('t', 64), 0, 0, 1))),
        ["tensor name not UTF-8"] = (GgufError.InvalidUtf8, () => OneTensor(w => w.Str([0xC0, 0x80]).U32(1).Len(1).U32(0).U64(0))),
        ["tensor name beyond the file"] = (GgufError.LengthExceedsFile, () => OneTensor(w => w.Len(50_000).U64(0))),
        ["duplicate tensor"] = (GgufError.DuplicateTensor,
            () => new RawGguf().Header(2, 0).Tensor("t", 0, 0, 1).Tensor("t", 0, 32, 1).PadTo(32).Zeros(64).ToArray()),
        ["five dimensions"] = (GgufError.TooManyDimensions, () => OneTensor(w => w.Tensor("t", 0, 0, 1, 1, 1, 1, 1))),
        ["2^32-1 dimensions"] = (GgufError.TooManyDimensions, () => OneTensor(w => w.Str("t").U32(uint.MaxValue))),
        ["negative extent"] = (GgufError.InvalidDimension, () => OneTensor(w => w.Tensor("t", 0, 0, ulong.MaxValue))),
        ["extents whose product wraps to 0"] = (GgufError.SizeOverflow, () => OneTensor(w => w.Tensor("t", 0, 0, 1UL << 32, 1UL << 32))),
        ["extents whose bytes overflow"] = (GgufError.SizeOverflow, () => OneTensor(w => w.Tensor("t", 0, 0, 1UL << 62))),
        ["row count overflows in an empty tensor"] = (GgufError.SizeOverflow,
            () => OneTensor(w => w.Tensor("t", 0, 0, 0, 1UL << 40, 1UL << 40))),
        ["withdrawn type 4"] = (GgufError.UnknownTensorType, () => OneTensor(w => w.Tensor("t", 4, 0, 32))),
        ["withdrawn type 31"] = (GgufError.UnknownTensorType, () => OneTensor(w => w.Tensor("t", 31, 0, 32))),
        ["type 43"] = (GgufError.UnknownTensorType, () => OneTensor(w => w.Tensor("t", 43, 0, 32))),
        ["type -1"] = (GgufError.UnknownTensorType, () => OneTensor(w => w.Tensor("t", -1, 0, 32))),
        ["row of half a block"] = (GgufError.PartialBlock, () => OneTensor(w => w.Tensor("t", 8, 0, 16, 2))),
        ["whole blocks only across rows"] = (GgufError.PartialBlock, () => OneTensor(w => w.Tensor("t", 12, 0, 128, 2))),
        ["misaligned offset"] = (GgufError.MisalignedOffset, () => OneTensor(w => w.Tensor("t", 0, 16, 1))),
        ["offset 2^64-32"] = (GgufError.TensorOutOfFile, () => OneTensor(w => w.Tensor("t", 0, ulong.MaxValue - 31, 1))),
        ["offset 2^63-32"] = (GgufError.TensorOutOfFile, () => OneTensor(w => w.Tensor("t", 0, long.MaxValue - 31, 1))),
        ["data beyond the file"] = (GgufError.TensorOutOfFile, () => OneTensor(w => w.Tensor("t", 0, 0, 1000))),
        ["data one byte beyond the file"] = (GgufError.TensorOutOfFile, () => OneTensor(w => w.Tensor("t", 24, 0, 65))),
        ["offset beyond the file"] = (GgufError.TensorOutOfFile, () => OneTensor(w => w.Tensor("t", 0, 96, 1))),
        ["overlap"] = (GgufError.TensorOverlap,
            () => new RawGguf().Header(2, 0).Tensor("a", 0, 0, 16).Tensor("b", 0, 32, 8).PadTo(32).Zeros(64).ToArray()),
        ["one place for two"] = (GgufError.TensorOverlap,
            () => new RawGguf().Header(2, 0).Tensor("a", 0, 0, 8).Tensor("b", 0, 0, 8).PadTo(32).Zeros(64).ToArray()),
        ["ends before the tensor data"] = (GgufError.Truncated, () => new RawGguf().Header(1, 0).Tensor("t", 0, 0, 1).ToArray()),
        ["ends inside the last padding"] = (GgufError.Truncated,
            () => new RawGguf().Header(1, 0).Tensor("t", 0, 0, 1).PadTo(32).Zeros(31).ToArray()),
        ["ends in the tensor infos"] = (GgufError.Truncated,
            () => new RawGguf().Header(1, 0).Tensor("t", 0, 0, 1, 1, 1).ToArray()[..^4]),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Open_BrokenFile_IsRefusedByItsFault(string name)
    {
        (GgufError error, Func<byte[]> build) = s_cases[name];

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await RawGguf.OpenAsync(build()));

        Assert.Equal(error, e.Error);
        Assert.StartsWith("test.gguf: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_EveryPrefixOfAFile_IsRefused()
    {
        byte[] whole = new RawGguf().Header(2, 2).StringPair("general.architecture", "llama").U32Pair("llama.block_count", 1)
            .Tensor("token_embd.weight", 0, 0, 4, 2).Tensor("blk.0.attn_q.weight", 8, 32, 32, 1).PadTo(32).Zeros(96).ToArray();
        using (GgufFile file = await RawGguf.OpenAsync(whole)) Assert.Equal(2, file.Tensors.Count);

        for (int length = 0; length < whole.Length; length++)
        {
            // Two ends are legitimate: none of the data, and none of the last tensor's padding.
            if (length == whole.Length - 96 || length == whole.Length - 30) continue;
            GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await RawGguf.OpenAsync(whole[..length]));
            Assert.Contains(e.Error, new[]
            {
                GgufError.Truncated, GgufError.CountExceedsFile, GgufError.LengthExceedsFile, GgufError.TensorOutOfFile,
            });
        }
    }

    [Fact]
    public async Task Open_SourceShorterThanItSays_IsTruncated()
    {
        byte[] bytes = new RawGguf().Header(0, 1).StringPair("k", Encoding.UTF8.GetString(new byte[100])).ToArray();
        using ShrunkSource source = new(bytes, bytes.Length - 50);

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await GgufFile.OpenAsync(source));

        Assert.Equal(GgufError.Truncated, e.Error);
    }

    private static byte[] OneKey(Func<RawGguf, RawGguf> write, int padding = 32) =>
        write(new RawGguf().Header(0, 1)).Zeros(padding).ToArray();

    private static byte[] OneTensor(Func<RawGguf, RawGguf> write) =>
        write(new RawGguf().Header(1, 0)).PadTo(32).Zeros(64).ToArray();

    private static byte[] Relabel(byte version, RawGguf file)
    {
        byte[] bytes = file.ToArray();
        bytes[4] = version;
        return bytes;
    }
}
