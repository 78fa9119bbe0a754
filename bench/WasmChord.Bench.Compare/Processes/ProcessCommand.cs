namespace WasmChord.Bench.Compare;

/// <summary>A program and its arguments.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">One string an argument, not quoted.</param>
internal sealed record ProcessCommand(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>The same with another program in front, which takes this one as its last arguments.</summary>
    public ProcessCommand Behind(string file, params IEnumerable<string> arguments) => new(file, [.. arguments, File, .. Arguments]);

    /// <summary>As one would type it.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(File).Select(Quoted));

    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./,=:+@%".Contains(c))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
