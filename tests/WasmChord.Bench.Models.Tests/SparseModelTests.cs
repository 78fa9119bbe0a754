using System.Diagnostics;
using System.Globalization;
using WasmChord.Gguf;

namespace WasmChord.Bench.Models.Tests;

public sealed class SparseModelTests
{
    [SkippableFact]
    public async Task Sparse_OfLlama2_70B_TakesLittleDisk()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "counts a file's blocks with du");
        using TemporaryFolder folder = new();
        string path = folder.File("70b.gguf");
        await SyntheticModel.WriteSparseAsync(ModelShapes.Llama2_70B, TypeMix.Q4_K_M, 1, path);
        Assert.InRange(new FileInfo(path).Length, 41_000_000_000, 42_000_000_000);
        Assert.InRange(await KibibytesOnDisk(path), 1, 32 * 1024);

        await using GgufModel model = await GgufModel.OpenAsync(path);
        Assert.Equal(82, model.Manifest.Layers.Count);
        Assert.True(model.HasTensorData);
    }

    [Fact]
    public async Task Sparse_WhereItHasData_EqualsTheWholeFile()
    {
        using TemporaryFolder folder = new();
        await SyntheticModel.WriteAsync(ModelShapes.Demo, TypeMix.Q4_K_M, 4, folder.File("whole.gguf"));
        await SyntheticModel.WriteSparseAsync(ModelShapes.Demo, TypeMix.Q4_K_M, 4, folder.File("sparse.gguf"));
        byte[] whole = await File.ReadAllBytesAsync(folder.File("whole.gguf"));
        byte[] sparse = await File.ReadAllBytesAsync(folder.File("sparse.gguf"));
        Assert.Equal(whole.Length, sparse.Length);

        await using GgufModel model = await GgufModel.OpenAsync(folder.File("sparse.gguf"));
        Assert.True(whole.AsSpan(0, (int)model.HeaderBytes).SequenceEqual(sparse.AsSpan(0, (int)model.HeaderBytes)));
        foreach (TensorInfo tensor in model.Tensors)
        {
            ReadOnlySpan<byte> expected = whole.AsSpan((int)tensor.FileOffset, (int)tensor.ByteLength);
            ReadOnlySpan<byte> actual = sparse.AsSpan((int)tensor.FileOffset, (int)tensor.ByteLength);
            int present = tensor.Type == GgmlType.F32 ? actual.Length : 4096 / GgmlTypeTraits.For(tensor.Type).TypeSize * GgmlTypeTraits.For(tensor.Type).TypeSize;
            Assert.True(expected[..present].SequenceEqual(actual[..present]), tensor.Name);
            Assert.False(actual[present..].ContainsAnyExcept((byte)0), tensor.Name);
        }
    }

    private static async Task<long> KibibytesOnDisk(string path)
    {
        using Process du = Process.Start(new ProcessStartInfo("du", ["-k", path]) { RedirectStandardOutput = true })!;
        string output = await du.StandardOutput.ReadToEndAsync();
        await du.WaitForExitAsync();
        return long.Parse(output.Split('\t')[0], CultureInfo.InvariantCulture);
    }
}
