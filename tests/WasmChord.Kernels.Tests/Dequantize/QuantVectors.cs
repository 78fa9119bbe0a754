using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Kernels.Tests.Dequantize;

/// <summary>Blocks of every type with the floats that ggml makes of them, from the shared test data.</summary>
internal static class QuantVectors
{
    /// <summary>The blocks of one type and the bits of the floats expected; skips where the data is absent.</summary>
    public static (byte[] Blocks, uint[] Expected) Load(GgmlType type)
    {
        using JsonDocument index = JsonDocument.Parse(
            File.ReadAllText(SharedTestData.Require("quant-vectors/index.json")));
        JsonElement entry = index.RootElement.GetProperty("types").EnumerateArray()
            .Single(e => e.GetProperty("name").GetString() == type.ToString());
        return (Read(entry, "blocks"), ToWords(Read(entry, "f32")));
    }

    /// <summary>Rounding vectors of F16 or BF16: floats and the codes that ggml rounds them to.</summary>
    public static (float[] Source, ushort[] Expected) LoadRounding(string name)
    {
        byte[] source = File.ReadAllBytes(SharedTestData.Require($"quant-vectors/{name}.round.src.f32.bin"));
        byte[] codes = File.ReadAllBytes(SharedTestData.Require($"quant-vectors/{name}.round.blocks.bin"));
        var floats = new float[source.Length / 4];
        var expected = new ushort[codes.Length / 2];
        Buffer.BlockCopy(source, 0, floats, 0, source.Length);
        Buffer.BlockCopy(codes, 0, expected, 0, codes.Length);
        return (floats, expected);
    }

    private static byte[] Read(JsonElement entry, string key) =>
        File.ReadAllBytes(SharedTestData.Require("quant-vectors/" + entry.GetProperty(key).GetString()));

    private static uint[] ToWords(byte[] bytes)
    {
        var words = new uint[bytes.Length / 4];
        Buffer.BlockCopy(bytes, 0, words, 0, bytes.Length);
        return words;
    }
}
