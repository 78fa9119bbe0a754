using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>split</c> or <c>merge</c> wrote.</summary>
/// <param name="Files">The files, in order.</param>
/// <param name="TensorCount">Tensors in all of them.</param>
/// <param name="FileBytes">Bytes of all of them.</param>
internal sealed record SplitReport(IReadOnlyList<string> Files, int TensorCount, long FileBytes) : IReport
{
    /// <summary>Describes files that were written.</summary>
    public static SplitReport Of(IReadOnlyList<string> files, int tensorCount) => new(files, tensorCount, files.Sum(f => new FileInfo(f).Length));

    /// <inheritdoc/>
    public void WriteText(TextWriter text)
    {
        foreach (string file in Files) text.WriteLine(file);
        text.WriteLine($"{TensorCount} tensors, {ByteSize.Format(FileBytes)}");
    }
}
