using System.Globalization;
using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Cuts a template's source into tokens. Blanks around tags are as model templates expect them: the line break after a
/// statement or comment is dropped, so are blanks between the start of a line and one (trim_blocks and lstrip_blocks of
/// Jinja2), a minus drops all of them, a plus keeps them; the last line break of the source is dropped.
/// </summary>
internal sealed class JinjaLexer
{
    private const int LongestSource = 1 << 20;

    private static readonly string[] s_operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "(", ")", "[", "]", "{", "}", ".", ":", ",", "|", "=", "<", ">"];

    private readonly string _source;
    private readonly List<JinjaToken> _tokens = [];
    private int _at, _line = 1;
    private bool _lineStarts = true;

    private JinjaLexer(string source) => _source = source;

    /// <summary>The tokens of a source, the last of them the end.</summary>
    internal static List<JinjaToken> Read(string source)
    {
        if (source.Length > LongestSource) throw JinjaRun.Unsupported(1, $"{source.Length} characters are more than {LongestSource}");
        string normalized = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        JinjaLexer lexer = new(normalized.EndsWith('\n') ? normalized[..^1] : normalized);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        while (_at < _source.Length)
        {
            int tag = FindTag();
            if (tag < 0)
            {
                Add(JinjaTokenKind.Text, _source[_at..]);
                break;
            }

            string text = _source[_at..tag];
            char kind = _source[tag + 1];
            char sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : ' ';
            Add(JinjaTokenKind.Text, sign == '-' ? JinjaText.TrimEnd(text) : sign == '+' || kind == '{' ? text : WithoutIndent(text));
            Advance(tag + (sign == ' ' ? 2 : 3));
            if (kind == '#') SkipComment();
            else if (kind == '{') ReadTag(JinjaTokenKind.OutputBegin, JinjaTokenKind.OutputEnd, "}}");
            else if (!TryReadRaw()) ReadTag(JinjaTokenKind.BlockBegin, JinjaTokenKind.BlockEnd, "%}");
        }

        Add(JinjaTokenKind.End, string.Empty);
    }

    private int FindTag()
    {
        for (int i = _source.IndexOf('{', _at); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
            if (_source[i + 1] is '{' or '%' or '#') return i;
        return -1;
    }

    private string WithoutIndent(string text)
    {
        int line = text.LastIndexOf('\n') + 1;
        return (line > 0 || _lineStarts) && JinjaText.Trim(text[line..]).Length == 0 ? text[..line] : text;
    }

    private void SkipComment()
    {
        int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0) throw JinjaRun.Unsupported(_line, "a comment does not end");
        char sign = end > _at ? _source[end - 1] : ' ';
        Advance(end);
        EndTag(2, sign, dropsLineBreak: true);
    }

    /// <summary>Goes past the end of a tag, and the blanks that belong to it.</summary>
    private void EndTag(int length, char sign, bool dropsLineBreak)
    {
        int end = _at + length;
        if (sign == '-') while (end < _source.Length && JinjaText.IsBlank(_source[end])) end++;
        else if (sign != '+' && dropsLineBreak && end < _source.Length && _source[end] == '\n') end++;
        Advance(end);
        _lineStarts = _source[end - 1] == '\n';
    }

    private void ReadTag(JinjaTokenKind begin, JinjaTokenKind end, string closing)
    {
        Add(begin, begin == JinjaTokenKind.OutputBegin ? "{{" : "{%");
        int depth = 0;
        while (true)
        {
            while (_at < _source.Length && JinjaText.IsBlank(_source[_at])) Advance(_at + 1);
            if (_at >= _source.Length) throw JinjaRun.Unsupported(_line, $"a tag does not end with {closing}");
            bool signed = _source[_at] == '-' || (_source[_at] == '+' && end == JinjaTokenKind.BlockEnd);
            if (depth == 0 && string.CompareOrdinal(_source, _at + (signed ? 1 : 0), closing, 0, 2) == 0)
            {
                Add(end, closing);
                EndTag(signed ? 3 : 2, signed ? _source[_at] : ' ', end == JinjaTokenKind.BlockEnd);
                return;
            }

            ReadToken();
            JinjaToken token = _tokens[^1];
            if (token.Kind != JinjaTokenKind.Operator) continue;
            if (token.Text is "(" or "[" or "{") depth++;
            else if (token.Text is ")" or "]" or "}") depth--;
        }
    }

    private void ReadToken()
    {
        char c = _source[_at];
        if (c is '"' or '\'') ReadString(c);
        else if (char.IsAsciiDigit(c)) ReadNumber();
        else if (c == '_' || char.IsLetter(c)) ReadWhile(JinjaTokenKind.Name, static c => c == '_' || char.IsLetterOrDigit(c));
        else
        {
            string? op = Array.Find(s_operators, o => string.CompareOrdinal(_source, _at, o, 0, o.Length) == 0);
            if (op is null) throw JinjaRun.Unsupported(_line, $"character '{c}'");
            Add(JinjaTokenKind.Operator, op);
            Advance(_at + op.Length);
        }
    }

    private void ReadWhile(JinjaTokenKind kind, Func<char, bool> belongs)
    {
        int end = _at;
        while (end < _source.Length && belongs(_source[end])) end++;
        Add(kind, _source[_at..end]);
        Advance(end);
    }

    private void ReadNumber()
    {
        // After a dot, digits are an index (messages.0.role), never part of a fraction.
        bool index = _tokens[^1].Is(JinjaTokenKind.Operator, ".");
        int end = Digits(_at);
        bool fraction = !index && end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]);
        if (fraction) end = Digits(end + 1);
        if (end < _source.Length && (_source[end] == '_' || char.IsLetter(_source[end]))) throw JinjaRun.Unsupported(_line, $"number '{_source[_at..(end + 1)]}'");
        Add(fraction ? JinjaTokenKind.Float : JinjaTokenKind.Integer, _source[_at..end]);
        Advance(end);
    }

    private int Digits(int at)
    {
        while (at < _source.Length && char.IsAsciiDigit(_source[at])) at++;
        return at;
    }

    private void ReadString(char quote)
    {
        StringBuilder text = new();
        int line = _line, i = _at + 1;
        for (; i < _source.Length && _source[i] != quote; i++)
        {
            if (_source[i] != '\\' || i + 1 >= _source.Length) text.Append(_source[i]);
            else i = ReadEscape(i + 1, text);
        }

        if (i >= _source.Length) throw JinjaRun.Unsupported(line, "a string does not end");
        _tokens.Add(new JinjaToken(JinjaTokenKind.String, text.ToString(), line));
        Advance(i + 1);
    }

    /// <summary>The escapes of Python's strings; returns the index of the last character of this one.</summary>
    private int ReadEscape(int at, StringBuilder text)
    {
        const string Letters = "ntrabfv\\'\"", Meanings = "\n\t\r\a\b\f\v\\'\"";
        char c = _source[at];
        int known = Letters.IndexOf(c, StringComparison.Ordinal);
        if (known >= 0) text.Append(Meanings[known]);
        else if (c is 'x' or 'u' or 'U') return ReadCodePoint(at, c == 'x' ? 2 : c == 'u' ? 4 : 8, text);
        else if (c == 'N' || char.IsAsciiDigit(c)) throw JinjaRun.Unsupported(_line, $"escape '\\{c}'");
        else if (c != '\n') text.Append('\\').Append(c);
        return at;
    }

    private int ReadCodePoint(int at, int digits, StringBuilder text)
    {
        if (at + digits >= _source.Length
            || !int.TryParse(_source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || !Rune.IsValid(value))
            throw JinjaRun.Unsupported(_line, $"escape '\\{_source[at]}' without {digits} hexadecimal digits of a character");
        text.Append(new Rune(value).ToString());
        return at + digits;
    }

    /// <summary>A raw block, whose text is printed as it is.</summary>
    private bool TryReadRaw()
    {
        if (!TryMatchTag(_at, "raw", out int start, out char sign)) return false;
        Advance(start);
        // The line break after the opening tag stays.
        EndTag(0, sign, dropsLineBreak: false);
        for (int i = _source.IndexOf("{%", _at, StringComparison.Ordinal); i >= 0; i = _source.IndexOf("{%", i + 2, StringComparison.Ordinal))
        {
            char before = i + 2 < _source.Length && _source[i + 2] is '-' or '+' ? _source[i + 2] : ' ';
            if (!TryMatchTag(i + (before == ' ' ? 2 : 3), "endraw", out int end, out sign)) continue;
            string text = _source[_at..i];
            Add(JinjaTokenKind.Text, before == '-' ? JinjaText.TrimEnd(text) : before == '+' ? text : WithoutIndent(text));
            Advance(end);
            EndTag(0, sign, dropsLineBreak: true);
            return true;
        }

        throw JinjaRun.Unsupported(_line, "a raw block does not end");
    }

    private bool TryMatchTag(int at, string name, out int end, out char sign)
    {
        sign = ' ';
        end = at;
        while (end < _source.Length && JinjaText.IsBlank(_source[end])) end++;
        if (string.CompareOrdinal(_source, end, name, 0, name.Length) != 0) return false;
        end += name.Length;
        while (end < _source.Length && JinjaText.IsBlank(_source[end])) end++;
        if (end < _source.Length && _source[end] is '-' or '+') sign = _source[end++];
        if (string.CompareOrdinal(_source, end, "%}", 0, 2) != 0) return false;
        end += 2;
        return true;
    }

    private void Add(JinjaTokenKind kind, string text)
    {
        if (kind == JinjaTokenKind.Text && text.Length == 0) return;
        _tokens.Add(new JinjaToken(kind, text, _line));
    }

    private void Advance(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }
}
