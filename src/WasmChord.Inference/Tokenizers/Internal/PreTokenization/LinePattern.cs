namespace WasmChord.Inference;

/// <summary><c>[^\n]+|\n+</c>: lines, and the line feeds between them.</summary>
internal sealed class LinePattern : TextPattern
{
    protected override int Match(CodePoints text, int start, int end)
    {
        bool isFeed = text[start] == '\n';
        while (start < end && text[start] == '\n' == isFeed) start++;
        return start;
    }
}
