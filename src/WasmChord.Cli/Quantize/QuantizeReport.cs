using System.Globalization;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>quantize</c> wrote.</summary>
internal sealed record QuantizeReport : IReport
{
    public required string In { get; init; }

    public required string Out { get; init; }

    public required string Type { get; init; }

    public required int TensorCount { get; init; }

    /// <summary>Tensors whose type changed.</summary>
    public required int Converted { get; init; }

    public required SortedDictionary<string, TypeSum> Types { get; init; }

    /// <summary>Tensors whose rows are not whole blocks of the type they were to have.</summary>
    public required Fallback[] Fallbacks { get; init; }

    public required long TensorBytesBefore { get; init; }

    public required long TensorBytes { get; init; }

    public required long FileBytes { get; init; }

    public required double BitsPerWeight { get; init; }

    public required double Seconds { get; init; }

    /// <inheritdoc/>
    public void WriteText(TextWriter text)
    {
        foreach (Fallback f in Fallbacks) text.WriteLine($"{f.Tensor}: rows of {f.RowLength} are not whole blocks of {f.Wanted}; {f.Used} taken instead");
        foreach ((string type, TypeSum sum) in Types) text.WriteLine($"{type,-8} {sum.Count,5} tensors  {ByteSize.Format(sum.Bytes),12}");
        text.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Out}: {Type}, {Converted} of {TensorCount} tensors converted, {ByteSize.Format(TensorBytesBefore)} to {ByteSize.Format(TensorBytes)} ({BitsPerWeight:0.00} bits per weight) in {Seconds:0.0} s"));
    }
}
