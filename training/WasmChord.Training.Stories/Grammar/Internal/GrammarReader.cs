namespace WasmChord.Training.Stories.Internal;

/// <summary>Reads the grammar's text. The syntax is described at the head of <c>stories.txt</c>.</summary>
internal sealed class GrammarReader
{
    private readonly Dictionary<string, WordSet> _sets = [];
    private readonly Dictionary<string, Wording.Choice> _phrases = [];
    private readonly Dictionary<string, Beat> _beats = [];
    private readonly List<Plot> _plots = [];

    public static IReadOnlyList<Plot> Read(IReadOnlyList<string> lines)
    {
        GrammarReader reader = new();
        for (int i = 0; i < lines.Count;)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#')
            {
                i++;
                continue;
            }
            int end = i + 1;
            while (end < lines.Count && lines[end].StartsWith("  ", StringComparison.Ordinal)) end++;
            reader.Block(lines[i], [.. lines.Skip(i + 1).Take(end - i - 1).Select(line => line.Trim())]);
            i = end;
        }
        return reader._plots;
    }

    private void Block(string head, string[] body)
    {
        string[] words = head.Split(' ', 3);
        switch (words[0])
        {
            case "set":
                string[] forms = words[2].Trim('(', ')').Split(", ");
                _sets.Add(words[1], new WordSet(words[1], forms, [.. body.Select(line => line.Split('/'))]));
                break;
            case "phrase":
                _phrases.Add(words[1], new Wording.Choice([.. body.Select(Sentence)]));
                break;
            case "beat":
                _beats.Add(words[1], new Beat(words[1], [.. body.Select(line => line.Split(" // ").Select(Sentence).ToArray())]));
                break;
            case "plot":
                Dictionary<char, WordSet> variables = words[2].TrimStart(':', ' ').Split(", ")
                    .ToDictionary(pair => pair[0], pair => _sets[pair[2..]]);
                _plots.Add(new Plot(words[1], variables, [.. body[0].Split(' ').Select(step => (_beats[step.TrimEnd('?')], step.EndsWith('?')))]));
                break;
            default:
                throw new FormatException($"'{head}' begins nothing that a grammar has");
        }
    }

    private IReadOnlyList<Wording> Sentence(string text)
    {
        int position = 0;
        List<Wording> pieces = Pieces(text, ref position, "");
        return position == text.Length ? pieces : throw new FormatException($"'{text}' has an unexpected '{text[position]}' at {position}");
    }

    private List<Wording> Pieces(string text, ref int position, string until)
    {
        List<Wording> pieces = [];
        while (position < text.Length && !until.Contains(text[position], StringComparison.Ordinal))
        {
            int next = text.IndexOfAny(['[', '{', '<', '|', ']'], position);
            if (next < 0) next = text.Length;
            if (next > position)
            {
                pieces.Add(new Wording.Literal(text[position..next]));
                position = next;
                continue;
            }
            char opening = text[position++];
            if (opening == '[') pieces.Add(Options(text, ref position));
            else if (opening is '{' or '<') pieces.Add(Named(text, opening, ref position));
            else throw new FormatException($"'{text}' has an unexpected '{opening}' at {position - 1}");
        }
        return pieces;
    }

    private Wording.Choice Options(string text, ref int position)
    {
        List<IReadOnlyList<Wording>> options = [];
        do
        {
            options.Add(Pieces(text, ref position, "|]"));
            if (position == text.Length) throw new FormatException($"'{text}' leaves a choice open");
        }
        while (text[position++] == '|');
        return new(options);
    }

    private Wording Named(string text, char opening, ref int position)
    {
        int end = text.IndexOf(opening == '{' ? '}' : '>', position);
        if (end < 0) throw new FormatException($"'{text}' leaves a name open");
        string name = text[position..end];
        position = end + 1;
        if (opening == '<') return _phrases[name];
        string form = name.Length > 2 ? name[2..] : "";
        return new Wording.Slot(name[0], form.ToLowerInvariant(), form.Length > 0 && char.IsUpper(form[0]));
    }
}
