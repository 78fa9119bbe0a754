using System.Runtime.InteropServices;
using TorchSharp;
using WasmChord.Gguf;
using static TorchSharp.torch;

namespace WasmChord.Training;

/// <summary>
/// A run to be continued, as a GGUF file: parameters and the optimizer's state in float32, and the number of steps.
/// </summary>
internal static class Checkpoint
{
    private const string StepsKey = "training.steps";

    /// <summary>Writes the state; the file appears when it is whole.</summary>
    public static async Task SaveAsync(string path, LlamaNetwork network, Optimizer optimizer)
    {
        GgufWriter writer = new();
        writer.Metadata.Add(StepsKey, (ulong)optimizer.Steps);
        foreach ((string name, Tensor tensor) in Tensors(network, optimizer)) Add(writer, name, tensor);
        await writer.WriteAsync(path);
    }

    /// <summary>Puts the state of a file into a network and an optimizer of the same shape.</summary>
    public static async Task LoadAsync(string path, LlamaNetwork network, Optimizer optimizer)
    {
        await using GgufModel model = await GgufModel.OpenAsync(path);
        if (!model.Metadata.TryGetInt64(StepsKey, out long steps)) throw new InvalidDataException($"{path} is no checkpoint: it has no {StepsKey}");
        optimizer.Steps = steps;
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor tensor) in Tensors(network, optimizer))
        {
            float[] values = ReadFloats(path, model, name);
            using Tensor loaded = torch.tensor(values).reshape(tensor.shape);
            tensor.copy_(loaded);
        }
    }

    private static IEnumerable<(string, Tensor)> Tensors(LlamaNetwork network, Optimizer optimizer) =>
        network.Parameters.Select(pair => (pair.Key, pair.Value)).Concat(optimizer.State);

    private static void Add(GgufWriter writer, string name, Tensor tensor)
    {
        float[] values = [.. tensor.detach().reshape(-1).data<float>()];
        long[] shape = tensor.shape;
        writer.AddTensor(name, GgmlType.F32, shape.Length == 1 ? new(1, shape[0]) : new(2, shape[1], shape[0]),
            MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    private static float[] ReadFloats(string path, GgufModel model, string name)
    {
        if (!model.TryGetTensor(name, out TensorInfo? tensor) || tensor.Type != GgmlType.F32)
            throw new InvalidDataException($"{path} has no float32 tensor {name}");
        float[] values = new float[tensor.Shape.ValueCount];
        using FileStream file = File.OpenRead(path);
        file.Position = tensor.FileOffset;
        file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
