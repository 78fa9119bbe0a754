using System.Globalization;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>verify</c> found.</summary>
internal sealed record VerifyReport : IReport
{
    /// <summary>True where nothing is wrong.</summary>
    public required bool Ok { get; init; }

    public required int FileCount { get; init; }

    public required int TensorCount { get; init; }

    /// <summary>Tensors that belong to no known layer; their data is checked all the same.</summary>
    public required string[] UnknownTensors { get; init; }

    public required long TensorBytes { get; init; }

    /// <summary>Blocks that were dequantized and looked at.</summary>
    public required long Blocks { get; init; }

    /// <summary>Extents whose checksum agrees with the checksum file.</summary>
    public required int ChecksumsVerified { get; init; }

    /// <summary>Extents that no checksum file speaks of.</summary>
    public required int ChecksumsMissing { get; init; }

    /// <summary>The checksum files that were written.</summary>
    public string[]? ChecksumFiles { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The first of each extent, in file order; at most a hundred.</summary>
    public required VerifyProblem[] Problems { get; init; }

    /// <inheritdoc/>
    public void WriteText(TextWriter text)
    {
        text.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{TensorCount} tensors, {ByteSize.Format(TensorBytes)}, {Blocks} blocks read in {Seconds:0.00} s"));
        if (UnknownTensors.Length > 0) text.WriteLine($"{UnknownTensors.Length} tensors of no known layer: {string.Join(", ", UnknownTensors.Take(5))}");
        text.WriteLine($"checksums: {ChecksumsVerified} agree, {ChecksumsMissing} extents have none");
        foreach (string file in ChecksumFiles ?? []) text.WriteLine($"written: {file}");
        foreach (VerifyProblem problem in Problems) text.WriteLine(problem.Message);
        text.WriteLine(Ok ? "all good" : "broken");
    }
}
