using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Random = System.Random;

namespace WasmChord.Gguf.Tests.Writing;

/// <summary>What is written is read again, and what is read is written again, to the byte.</summary>
public class RoundTripTests
{
    [Property(MaxTest = 300)]
    public void WriteReadWrite_RandomModel_IsTheSameBytes(int seed, bool bigEndian) =>
        CheckRoundTripAsync(new Random(seed), bigEndian).GetAwaiter().GetResult();

    [Property(MaxTest = 300)]
    public void WriteRead_AnyText_IsKept(NonEmptyString key, string? value, byte[] bytes, float[] numbers, string?[] texts)
    {
        // FsCheck's strings may hold lone surrogates, which no UTF-8 can express.
        string cleanKey = Clean(key.Get), cleanValue = Clean(value ?? "");
        string[] cleanTexts = [.. texts.Select(text => Clean(text ?? ""))];
        CheckAsync().GetAwaiter().GetResult();

        async Task CheckAsync()
        {
            GgufWriter writer = new();
            writer.Metadata.Add("a" + cleanKey, cleanValue);
            writer.Metadata.AddByteString("b" + cleanKey, bytes);
            writer.Metadata.AddArray("c" + cleanKey, numbers);
            writer.Metadata.AddArray("d" + cleanKey, cleanTexts);
            MemoryStream stream = new();
            await writer.WriteAsync(stream);
            using GgufFile file = await RawGguf.OpenAsync(stream.ToArray());

            Assert.Equal(new[] { "a", "b", "c", "d" }.Select(first => first + cleanKey), file.Metadata.Select(entry => entry.Key));
            Assert.Equal(cleanValue, file.Metadata[0].Value);
            byte[] readBytes = await file.Metadata[1].ReadByteStringAsync();
            float[] readNumbers = await ((GgufArray)file.Metadata[2].Value!).ReadAsync<float>();
            string[] readTexts = await ((GgufArray)file.Metadata[3].Value!).ReadStringsAsync();
            Assert.Equal(bytes, readBytes);
            Assert.Equal(numbers.Select(BitConverter.SingleToInt32Bits), readNumbers.Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(cleanTexts, readTexts);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task AddCopies_FromAnotherEncoding_AreReencoded(int version, bool bigEndian)
    {
        string text = new('x', 70_000);
        RawGguf Build(RawGguf raw)
        {
            raw.Header(0, 9).U32Pair("general.alignment", 64).Key("u16", 2).U16(1000).Key("f64", 12).F64(0.1).StringPair("s", "häß")
                .StringPair("long", text).ArrayHead("f", 6, 20_000);
            for (int i = 0; i < 20_000; i++) raw.F32(i * 0.5f);
            raw.ArrayHead("s2", 8, 3).Str("a").Str([0xFF]).Str("").ArrayHead("none", 10, 0).ArrayHead("b", 7, 2).U8(1).U8(0);
            return raw.PadTo(64);
        }

        using GgufFile source = await Build(new RawGguf(version, bigEndian)).OpenAsync();
        GgufWriter writer = new();
        writer.Metadata.AddCopies(source.Metadata);
        MemoryStream written = new();
        await writer.WriteAsync(written);

        Assert.Equal(Build(new RawGguf()).ToArray(), written.ToArray());
        Assert.Equal(64, writer.Metadata.Alignment);
    }

    private static async Task CheckRoundTripAsync(Random random, bool bigEndian)
    {
        MemoryStream first = new();
        await RandomModel.Create(random, bigEndian).WriteAsync(first);
        await using GgufModel model = await GgufModel.OpenAsync([new StreamGgufSource(first, "first", leaveOpen: true)]);
        MemoryStream second = new();
        await GgufWriter.From(model).WriteAsync(second);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    private static string Clean(string text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
