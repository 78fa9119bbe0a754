using System.Globalization;
using static WasmChord.Inference.TemplateStatement;

namespace WasmChord.Inference;

/// <summary>Parses statements of templates; <c>TemplateParser.Expressions.cs</c> parses expressions.</summary>
internal sealed partial class TemplateParser
{
    private readonly List<TemplateToken> _tokens;
    private int _at, _depth;

    private TemplateParser(List<TemplateToken> tokens) => _tokens = tokens;

    private TemplateToken Current => _tokens[_at];

    internal static IReadOnlyList<TemplateStatement> Parse(string source)
    {
        TemplateParser parser = new(TemplateLexer.Read(source));
        List<TemplateStatement> statements = parser.ParseBody([]);
        return parser.Current.Kind == TemplateTokenKind.End ? statements : throw parser.Unclear($"'{parser.PeekTag()}' has no beginning");
    }

    /// <summary>Parses up to one of some tags, which is not consumed, or to the end.</summary>
    private List<TemplateStatement> ParseBody(string[] ends)
    {
        if (++_depth > TemplateScope.MaxDepth) throw Unclear($"blocks are nested more than {TemplateScope.MaxDepth} deep");
        List<TemplateStatement> statements = [];
        while (Current.Kind != TemplateTokenKind.End && !(Current.Kind == TemplateTokenKind.StatementBegin && IsEnd(PeekTag(), ends)))
            if (ParseStatement() is { } statement) statements.Add(statement);
        _depth--;
        return statements;
    }

    private static bool IsEnd(string tag, string[] ends) => ends.Contains(tag) || tag.StartsWith("end", StringComparison.Ordinal) || tag is "else" or "elif";

    private TemplateStatement? ParseStatement()
    {
        TemplateToken token = Next();
        switch (token.Kind)
        {
            case TemplateTokenKind.Text:
                return new Write(token.Text);
            case TemplateTokenKind.OutputBegin:
                Output output = new(ParseExpression());
                Expect(TemplateTokenKind.OutputEnd, "}}");
                return output;
            default:
                return ParseTag(Next().Text);
        }
    }

    private TemplateStatement? ParseTag(string tag)
    {
        switch (tag)
        {
            case "if": return ParseIf();
            case "for": return ParseFor();
            case "set": return ParseSet();
            case "macro": return ParseMacro();
            case "break" or "continue":
                EndTag();
                return new Jump(tag == "break" ? Flow.Break : Flow.Continue);
            case "generation":
                // Marks what training learns from; it writes its body.
                EndTag();
                List<TemplateStatement> body = ParseBody(["endgeneration"]);
                Close("endgeneration");
                return new If([(new TemplateExpression.Constant(true), body)], []);
            default: throw Unclear($"the statement '{tag}' is not understood");
        }
    }

    private If ParseIf()
    {
        List<(TemplateExpression, IReadOnlyList<TemplateStatement>)> branches = [];
        List<TemplateStatement> otherwise = [];
        TemplateExpression condition = ParseExpression();
        EndTag();
        branches.Add((condition, ParseBody([])));
        while (PeekTag() == "elif")
        {
            _at += 2;
            condition = ParseExpression();
            EndTag();
            branches.Add((condition, ParseBody([])));
        }

        if (PeekTag() == "else")
        {
            Close("else");
            otherwise = ParseBody([]);
        }

        Close("endif");
        return new If(branches, otherwise);
    }

    private For ParseFor()
    {
        List<string> names = ParseNames();
        ExpectName("in");
        TemplateExpression elements = ParseOr();
        TemplateExpression? condition = TakeName("if") ? ParseExpression() : null;
        if (Current.Kind == TemplateTokenKind.Name) throw Unclear($"'{Current.Text}' in a loop is not understood");
        EndTag();
        List<TemplateStatement> body = ParseBody([]), otherwise = [];
        if (PeekTag() == "else")
        {
            Close("else");
            otherwise = ParseBody([]);
        }

        Close("endfor");
        return new For(names, elements, condition, body, otherwise);
    }

    private TemplateStatement ParseSet()
    {
        List<string> names = ParseNames();
        string? key = TakeSymbol(".") ? Expect(TemplateTokenKind.Name, "a name").Text : null;
        if (TakeSymbol("="))
        {
            TemplateExpression value = ParseTuple();
            EndTag();
            return new Set(names, key, value);
        }

        if (names.Count != 1 || key is not null) throw Unclear("'=' is expected");
        EndTag();
        List<TemplateStatement> body = ParseBody(["endset"]);
        Close("endset");
        return new SetBlock(names[0], body);
    }

    private Macro ParseMacro()
    {
        string name = Expect(TemplateTokenKind.Name, "a name").Text;
        ExpectSymbol("(");
        List<(string, TemplateExpression?)> parameters = [];
        while (!TakeSymbol(")"))
        {
            string parameter = Expect(TemplateTokenKind.Name, "a name").Text;
            parameters.Add((parameter, TakeSymbol("=") ? ParseExpression() : null));
            if (!TakeSymbol(",") && !(Current.Kind == TemplateTokenKind.Symbol && Current.Text == ")")) throw Unclear("')' is expected");
        }

        EndTag();
        List<TemplateStatement> body = ParseBody(["endmacro"]);
        Close("endmacro");
        return new Macro(name, parameters, body);
    }

    private List<string> ParseNames()
    {
        bool braced = TakeSymbol("(");
        List<string> names = [Expect(TemplateTokenKind.Name, "a name").Text];
        while (TakeSymbol(",")) names.Add(Expect(TemplateTokenKind.Name, "a name").Text);
        if (braced) ExpectSymbol(")");
        return names;
    }

    /// <summary>Consumes <c>{% tag %}</c>.</summary>
    private void Close(string tag)
    {
        if (PeekTag() != tag) throw Unclear($"'{tag}' is expected");
        _at += 2;
        if (tag == "endset" || tag == "endmacro") TakeAny(TemplateTokenKind.Name);
        EndTag();
    }

    private string PeekTag() => Current.Kind == TemplateTokenKind.StatementBegin && _at + 1 < _tokens.Count ? _tokens[_at + 1].Text : string.Empty;

    private void EndTag() => Expect(TemplateTokenKind.StatementEnd, "%}");

    private TemplateToken Next() => Current.Kind == TemplateTokenKind.End ? throw Unclear("it ends too early") : _tokens[_at++];

    private TemplateToken Expect(TemplateTokenKind kind, string what) => Current.Kind == kind ? Next() : throw Unclear($"{what} is expected, not '{Current.Text}'");

    private void ExpectSymbol(string symbol)
    {
        if (!TakeSymbol(symbol)) throw Unclear($"'{symbol}' is expected, not '{Current.Text}'");
    }

    private void ExpectName(string name)
    {
        if (!TakeName(name)) throw Unclear($"'{name}' is expected, not '{Current.Text}'");
    }

    private bool TakeSymbol(string symbol) => Take(TemplateTokenKind.Symbol, symbol);

    private bool TakeName(string name) => Take(TemplateTokenKind.Name, name);

    private bool Take(TemplateTokenKind kind, string text)
    {
        bool matches = Current.Kind == kind && Current.Text == text;
        if (matches) _at++;
        return matches;
    }

    private void TakeAny(TemplateTokenKind kind)
    {
        if (Current.Kind == kind) _at++;
    }

    private InferenceException Unclear(string text) =>
        new(InferenceError.UnsupportedTemplate, string.Create(CultureInfo.InvariantCulture, $"chat template, line {Current.Line}: {text}"));
}
