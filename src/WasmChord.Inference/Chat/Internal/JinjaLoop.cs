namespace WasmChord.Inference;

/// <summary>What a loop's body knows of the loop: the name <c>loop</c> there.</summary>
internal sealed class JinjaLoop(IReadOnlyList<object?> elements)
{
    internal int Index { get; set; }

    internal object? Attribute(string name, int line) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)elements.Count - Index,
        "revindex0" => (long)elements.Count - Index - 1,
        "first" => Index == 0,
        "last" => Index == elements.Count - 1,
        "length" => (long)elements.Count,
        "previtem" => Index > 0 ? elements[Index - 1] : new JinjaUndefined("loop.previtem"),
        "nextitem" => Index + 1 < elements.Count ? elements[Index + 1] : new JinjaUndefined("loop.nextitem"),
        "cycle" => new JinjaFunction(a => a.Positional.Count > 0 ? a.Positional[Index % a.Positional.Count] : throw a.Wrong("needs something to go through")),
        _ => throw JinjaRun.Unsupported(line, $"loop.{name}"),
    };
}
