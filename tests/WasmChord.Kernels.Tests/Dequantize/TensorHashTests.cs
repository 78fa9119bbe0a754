using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Kernels.Tests.Dequantize;

/// <summary>Whole tensors of real files against the SHA-256 of what llama.cpp makes of them.</summary>
public class TensorHashTests
{
    public static TheoryData<string> Models =>
    [
        "stories260K.gguf", "stories260K-F16.gguf", "stories260K-BF16.gguf", "llama-2-tiny-random.gguf",
        "gridcore-tied-random.gguf", "weightless-tiny-incomplete.gguf", "stories260K-wide4-Q2_K.gguf",
        "stories260K-wide4-Q3_K_M.gguf", "stories260K-wide4-Q4_K_M.gguf", "stories260K-wide4-Q5_K_M.gguf",
        "stories260K-wide4-IQ1_S.gguf", "stories260K-wide4-IQ1_M.gguf", "stories260K-wide4-IQ2_XXS.gguf",
        "stories260K-wide4-IQ2_XS.gguf", "stories260K-wide4-IQ2_S.gguf", "stories260K-wide4-IQ3_XXS.gguf",
        "stories260K-wide4-IQ3_S.gguf", "stories260K-wide4-IQ4_XS.gguf", "stories260K-wide4-TQ1_0.gguf",
    ];

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public async Task ToFloat_EveryTensorOfAModel_HasTheHashOfTheReference(string file)
    {
        string path = SharedTestData.Require("models/" + file);
        using JsonDocument reference = JsonDocument.Parse(
            await File.ReadAllTextAsync(SharedTestData.Require("reference/dequantized-tensor-hashes.json")));
        JsonElement expected = reference.RootElement.EnumerateObject().Single(m => m.Name.EndsWith("/" + file)).Value;

        await using GgufModel model = await GgufModel.OpenAsync(path);
        Assert.Equal(expected.EnumerateObject().Count(), model.Tensors.Count);
        byte[] bytes = await File.ReadAllBytesAsync(path);
        foreach (TensorInfo tensor in model.Tensors)
        {
            var floats = new float[tensor.Shape.ValueCount];
            Dequantizer.ToFloat(tensor.Type, bytes.AsSpan((int)tensor.FileOffset, (int)tensor.ByteLength), floats);
            string hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(floats)));
            string? wanted = expected.GetProperty(tensor.Name).GetProperty("sha256_of_f32le").GetString();
            Assert.Equal($"{tensor.Name} {wanted}", $"{tensor.Name} {hash}");
        }
    }
}
