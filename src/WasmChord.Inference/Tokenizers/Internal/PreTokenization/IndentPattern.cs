namespace WasmChord.Inference;

/// <summary><c>[\t\n]|    |  </c>: Chameleon's tabs, line feeds, and four or two spaces.</summary>
internal sealed class IndentPattern : TextPattern
{
    protected override int Match(CodePoints text, int start, int end)
    {
        if (text[start] is '\t' or '\n') return start + 1;
        int spaces = 0;
        while (spaces < 4 && text.At(start + spaces, end) == ' ') spaces++;
        return spaces == 4 ? start + 4 : spaces >= 2 ? start + 2 : start;
    }
}
