using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Divides a template into text and the tokens of its tags, by the rules of Jinja's manual ("Template Designer
/// Documentation"), with blocks trimmed and left-stripped as chat templates are rendered.
/// </summary>
internal sealed class TemplateLexer
{
    // Evaluation recurses through an expression; this bounds how deep.
    private const int MaxTagTokens = 2000;

    private static readonly string[] s_symbols =
        ["==", "!=", "<=", ">=", "//", "**", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|", "~", "+", "-", "*", "/", "%", "<", ">", "="];

    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at, _line = 1;

    private TemplateLexer(string source) => _source = source;

    internal static List<TemplateToken> Read(string source)
    {
        TemplateLexer lexer = new(source.Replace("\r\n", "\n", StringComparison.Ordinal));
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        bool stripsNext = false, trimsNewline = false;
        while (_at < _source.Length)
        {
            int tag = FindTag(_at);
            AddText(_source[_at..tag], tag, stripsNext, trimsNewline);
            Advance(tag);
            if (tag == _source.Length) break;
            char kind = _source[tag + 1];
            Advance(_at + 2);
            if (Peek() is '-' or '+') Advance(_at + 1);
            stripsNext = kind switch { '#' => ReadComment(), '{' => ReadTag('}'), _ => ReadTag('%') };
            trimsNewline = kind != '{';
            if (kind == '%' && IsRaw()) stripsNext = ReadRaw();
        }

        _tokens.Add(new TemplateToken(TemplateTokenKind.End, string.Empty, _line));
    }

    private int FindTag(int from)
    {
        for (int i = _source.IndexOf('{', from); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
            if (_source[i + 1] is '{' or '%' or '#') return i;
        return _source.Length;
    }

    private void AddText(string text, int tag, bool stripsStart, bool trimsNewline)
    {
        if (stripsStart) text = text.TrimStart();
        else if (trimsNewline && text.StartsWith('\n')) text = text[1..];
        if (tag + 2 < _source.Length)
        {
            if (_source[tag + 2] == '-') text = text.TrimEnd();
            else if (_source[tag + 1] != '{' && _source[tag + 2] != '+') text = StripIndent(text, tag);
        }

        if (text.Length > 0) _tokens.Add(new TemplateToken(TemplateTokenKind.Text, text, _line));
    }

    /// <summary>Blanks between the beginning of a line and a block tag go.</summary>
    private string StripIndent(string text, int tag)
    {
        int start = tag;
        while (start > 0 && _source[start - 1] is ' ' or '\t') start--;
        if (start > 0 && _source[start - 1] != '\n') return text;
        return text[..Math.Max(0, text.Length - (tag - start))];
    }

    private bool ReadComment()
    {
        int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0) throw Unclear("a comment does not end");
        bool strips = _source[end - 1] == '-';
        Advance(end + 2);
        return strips;
    }

    /// <summary>Reads to the end of a tag; true where it strips what follows.</summary>
    private bool ReadTag(char close)
    {
        bool isOutput = close == '}';
        Add(isOutput ? TemplateTokenKind.OutputBegin : TemplateTokenKind.StatementBegin, string.Empty);
        int depth = 0, first = _tokens.Count;
        while (true)
        {
            while (_at < _source.Length && char.IsWhiteSpace(_source[_at])) Advance(_at + 1);
            if (_at >= _source.Length) throw Unclear("a tag does not end");
            bool strips = _source[_at] == '-' && Matches(_at + 1, close);
            if (depth == 0 && (strips || Matches(_at, close) || (_source[_at] == '+' && Matches(_at + 1, close))))
            {
                Advance(_at + (_source[_at] == close ? 2 : 3));
                Add(isOutput ? TemplateTokenKind.OutputEnd : TemplateTokenKind.StatementEnd, string.Empty);
                return strips;
            }

            if (_tokens.Count - first > MaxTagTokens) throw Unclear($"a tag has more than {MaxTagTokens} tokens");
            depth += ReadToken();
        }

        bool Matches(int at, char c) => at + 1 < _source.Length && _source[at] == c && _source[at + 1] == '}';
    }

    /// <summary>Reads a token; gives by how much it changes the depth of braces.</summary>
    private int ReadToken()
    {
        char c = _source[_at];
        if (c is '\'' or '"') return ReadString(c);
        if (char.IsAsciiDigit(c)) return ReadNumber();
        if (char.IsLetter(c) || c == '_')
        {
            int end = _at;
            while (end < _source.Length && (char.IsLetterOrDigit(_source[end]) || _source[end] == '_')) end++;
            return AddAndAdvance(TemplateTokenKind.Name, end);
        }

        foreach (string symbol in s_symbols)
        {
            if (string.CompareOrdinal(_source, _at, symbol, 0, symbol.Length) != 0) continue;
            AddAndAdvance(TemplateTokenKind.Symbol, _at + symbol.Length);
            return symbol switch { "{" => 1, "}" => -1, _ => 0 };
        }

        throw Unclear($"the character '{c}' is not understood");
    }

    private int ReadNumber()
    {
        int end = _at;
        while (end < _source.Length && (char.IsAsciiDigit(_source[end]) || _source[end] == '_')) end++;
        bool isReal = end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]);
        if (isReal)
        {
            end++;
            while (end < _source.Length && char.IsAsciiDigit(_source[end])) end++;
        }

        return AddAndAdvance(isReal ? TemplateTokenKind.Real : TemplateTokenKind.Integer, end);
    }

    private int ReadString(char quote)
    {
        StringBuilder text = new();
        int at = _at + 1;
        for (; at < _source.Length && _source[at] != quote; at++)
        {
            if (_source[at] != '\\' || at + 1 >= _source.Length)
            {
                text.Append(_source[at]);
                continue;
            }

            at++;
            text.Append(_source[at] switch { 'n' => "\n", 't' => "\t", 'r' => "\r", '\\' => "\\", '\'' => "'", '"' => "\"", _ => "\\" + _source[at] });
        }

        if (at >= _source.Length) throw Unclear("a string does not end");
        Add(TemplateTokenKind.String, text.ToString());
        Advance(at + 1);
        return 0;
    }

    private bool IsRaw() => _tokens.Count >= 3 && _tokens[^2] is { Kind: TemplateTokenKind.Name, Text: "raw" } && _tokens[^3].Kind == TemplateTokenKind.StatementBegin;

    private bool ReadRaw()
    {
        _tokens.RemoveRange(_tokens.Count - 3, 3);
        for (int tag = _source.IndexOf("{%", _at, StringComparison.Ordinal); tag >= 0; tag = _source.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            int end = _source.IndexOf("%}", tag, StringComparison.Ordinal);
            if (end < 0 || _source[(tag + 2)..end].Trim(' ', '-', '+') != "endraw") continue;
            _tokens.Add(new TemplateToken(TemplateTokenKind.Text, _source[_at..tag], _line));
            Advance(end + 2);
            return _source[end - 1] == '-';
        }

        throw Unclear("raw text does not end");
    }

    private char Peek() => _at < _source.Length ? _source[_at] : '\0';

    private int AddAndAdvance(TemplateTokenKind kind, int end)
    {
        Add(kind, _source[_at..end]);
        Advance(end);
        return 0;
    }

    private void Add(TemplateTokenKind kind, string text) => _tokens.Add(new TemplateToken(kind, text, _line));

    private void Advance(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }

    private InferenceException Unclear(string text) => new(InferenceError.UnsupportedTemplate, $"chat template, line {_line}: {text}");
}
