using System.CommandLine;
using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Cli;

/// <summary><c>dump</c>: one tensor, dequantized to little-endian 32-bit floats, in bounded memory.</summary>
internal sealed class DumpCommand : ToolCommand
{
    private readonly Argument<string> _model = ModelArgument();
    private readonly Argument<string> _tensor = new("TENSOR") { Description = "The tensor's name, as inspect --tensors lists it." };
    private readonly Option<string> _out = new("--out", "-o") { Description = "The file to write.", HelpName = "FILE", Required = true };

    public DumpCommand(ToolOutput output) : base(output, "dump", "Writes a tensor, dequantized to little-endian 32-bit floats.")
    {
        Add(_model);
        Add(_tensor);
        Add(_out);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(_model), name = parsed.GetRequiredValue(_tensor), target = parsed.GetRequiredValue(_out);
        using GgufModel model = await ModelFile.OpenWithDataAsync(path, cancellationToken).ConfigureAwait(false);
        ModelFile.RequireLittleEndian(model);
        if (!model.TryGetTensor(name, out TensorInfo? tensor))
            throw new ToolException("unknown_tensor", $"{path} has no tensor '{name}' among its {model.Tensors.Count}");
        OutputFile.RequireWritable(target, model.Files.Select(f => f.Name), mayBeDevice: true);
        long values = await JobProgress.RunAsync(Output, $"dump {name}", tensor.ByteLength,
            progress => Task.FromResult(Write(model, tensor, target, progress, cancellationToken))).ConfigureAwait(false);
        Output.Write(
            new DumpReport(name, GgmlTypeTraits.For(tensor.Type).Name, tensor.Shape.ToArray(), values, target), ToolJson.Default.DumpReport);
        return ExitCode.Success;
    }

    private static long Write(GgufModel model, TensorInfo tensor, string target, JobProgress progress, CancellationToken cancellationToken)
    {
        using ModelReader reader = new(model);
        using OutputFile file = new(target);
        byte[] source = new byte[Math.Min(tensor.ByteLength, BlockRun.MaxBytes)];
        float[] values = new float[Math.Min(tensor.Shape.ValueCount, BlockRun.MaxValues)];
        long written = 0;
        foreach (BlockRun run in BlockRun.Of(tensor))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> bytes = source.AsSpan(0, run.ByteLength);
            Span<float> floats = values.AsSpan(0, run.ValueCount);
            reader.Read(tensor.FileIndex, tensor.FileOffset + run.ByteOffset, bytes);
            Dequantizer.ToFloat(tensor.Type, bytes, floats);
            if (!BitConverter.IsLittleEndian) ReverseEach(floats);
            file.Stream.Write(MemoryMarshal.AsBytes(floats));
            written += run.ValueCount;
            progress.Add(run.ByteLength);
        }

        file.Complete();
        return written;
    }

    private static void ReverseEach(Span<float> values)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bits, bits);
    }
}
