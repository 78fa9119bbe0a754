namespace WasmChord.Inference;

/// <summary>Makes statements from tokens; the expressions are in the other part.</summary>
internal sealed partial class JinjaParser
{
    private const int DeepestNesting = 100;

    private readonly List<JinjaToken> _tokens;
    private int _at, _depth, _loops;

    private JinjaParser(List<JinjaToken> tokens) => _tokens = tokens;

    private JinjaToken Current => _tokens[_at];

    /// <summary>The statements of a template.</summary>
    /// <exception cref="InferenceException">It is not well-formed, or uses what is not supported.</exception>
    internal static IReadOnlyList<JinjaStatement> Parse(string source)
    {
        JinjaParser parser = new(JinjaLexer.Read(source));
        IReadOnlyList<JinjaStatement> statements = parser.ReadBody();
        return parser.Current.Kind == JinjaTokenKind.End ? statements : throw parser.Unexpected();
    }

    /// <summary>Statements up to a block that begins with one of the names, whose opening and name are consumed.</summary>
    private IReadOnlyList<JinjaStatement> ReadBody(params ReadOnlySpan<string> ends)
    {
        Descend();
        List<JinjaStatement> statements = [];
        while (true)
        {
            JinjaToken token = Next();
            if (token.Kind == JinjaTokenKind.Text) statements.Add(new JinjaLiteralText(token.Line, token.Text));
            else if (token.Kind == JinjaTokenKind.OutputBegin)
            {
                statements.Add(new JinjaOutput(token.Line, ReadExpressionOrTuple()));
                Expect(JinjaTokenKind.OutputEnd);
            }
            else if (token.Kind == JinjaTokenKind.BlockBegin && Current.Kind == JinjaTokenKind.Name && !ends.Contains(Current.Text)) ReadStatement(statements);
            else
            {
                _depth--;
                if (token.Kind == JinjaTokenKind.End ? ends.Length > 0 : token.Kind != JinjaTokenKind.BlockBegin || Current.Kind != JinjaTokenKind.Name)
                    throw token.Kind == JinjaTokenKind.End ? JinjaRun.Unsupported(token.Line, $"'{ends[^1]}' is missing") : Unexpected();
                return statements;
            }
        }
    }

    private void ReadStatement(List<JinjaStatement> statements)
    {
        JinjaToken name = Next();
        switch (name.Text)
        {
            case "if": statements.Add(ReadIf(name.Line)); break;
            case "for": statements.Add(ReadFor(name.Line)); break;
            case "set": statements.Add(ReadSet(name.Line)); break;
            case "macro": statements.Add(ReadMacro(name.Line)); break;
            case "break" or "continue" when _loops > 0:
                statements.Add(new JinjaJump(name.Line, name.Text == "break" ? JinjaFlow.Break : JinjaFlow.Continue));
                Expect(JinjaTokenKind.BlockEnd);
                break;
            // Marks what an assistant wrote, for training; prints its body.
            case "generation":
                Expect(JinjaTokenKind.BlockEnd);
                statements.AddRange(ReadBody("endgeneration"));
                EndBlock();
                break;
            default: throw JinjaRun.Unsupported(name.Line, $"statement '{name.Text}'");
        }
    }

    private JinjaIf ReadIf(int line)
    {
        List<KeyValuePair<JinjaExpression, IReadOnlyList<JinjaStatement>>> branches = [];
        while (true)
        {
            JinjaExpression condition = ReadExpression();
            Expect(JinjaTokenKind.BlockEnd);
            branches.Add(new(condition, ReadBody("elif", "else", "endif")));
            string end = Next().Text;
            if (end == "elif") continue;
            IReadOnlyList<JinjaStatement> otherwise = [];
            if (end == "else")
            {
                Expect(JinjaTokenKind.BlockEnd);
                otherwise = ReadBody("endif");
                Next();
            }

            Expect(JinjaTokenKind.BlockEnd);
            return new JinjaIf(line, branches, otherwise);
        }
    }

    private JinjaFor ReadFor(int line)
    {
        List<string> names = ReadTargets();
        ExpectName("in");
        JinjaExpression iterated = ReadLogic();
        JinjaExpression? condition = TakeName("if") ? ReadExpression() : null;
        Expect(JinjaTokenKind.BlockEnd);
        _loops++;
        IReadOnlyList<JinjaStatement> body = ReadBody("else", "endfor");
        _loops--;
        IReadOnlyList<JinjaStatement> otherwise = [];
        if (Next().Text == "else")
        {
            Expect(JinjaTokenKind.BlockEnd);
            otherwise = ReadBody("endfor");
            Next();
        }

        Expect(JinjaTokenKind.BlockEnd);
        return new JinjaFor(line, names, iterated, condition, body, otherwise);
    }

    private List<string> ReadTargets()
    {
        bool inBrackets = TakeOperator("(");
        List<string> names = [ExpectName()];
        while (TakeOperator(",")) names.Add(ExpectName());
        if (inBrackets) ExpectOperator(")");
        return names;
    }

    private JinjaStatement ReadSet(int line)
    {
        List<string> names = ReadTargets();
        string? attribute = names.Count == 1 && TakeOperator(".") ? ExpectName() : null;
        if (TakeOperator("="))
        {
            JinjaExpression value = ReadExpressionOrTuple();
            Expect(JinjaTokenKind.BlockEnd);
            return attribute is null ? new JinjaSet(line, names, value) : new JinjaSetAttribute(line, names[0], attribute, value);
        }

        if (attribute is not null || names.Count > 1) throw Unexpected();
        Expect(JinjaTokenKind.BlockEnd);
        IReadOnlyList<JinjaStatement> body = ReadOutsideLoops("endset");
        return new JinjaSetBlock(line, names[0], body);
    }

    private JinjaMacro ReadMacro(int line)
    {
        string name = ExpectName();
        ExpectOperator("(");
        List<string> parameters = [];
        List<JinjaExpression> defaults = [];
        while (!TakeOperator(")"))
        {
            if (parameters.Count > 0) ExpectOperator(",");
            parameters.Add(ExpectName());
            if (TakeOperator("=")) defaults.Add(ReadExpression());
            else if (defaults.Count > 0) throw JinjaRun.Unsupported(line, $"parameter '{parameters[^1]}' without a default after one with it");
        }

        Expect(JinjaTokenKind.BlockEnd);
        return new JinjaMacro(line, name, parameters, defaults, ReadOutsideLoops("endmacro"));
    }

    /// <summary>A body that runs on its own: no jump leaves it.</summary>
    private IReadOnlyList<JinjaStatement> ReadOutsideLoops(string end)
    {
        int loops = _loops;
        _loops = 0;
        IReadOnlyList<JinjaStatement> body = ReadBody(end);
        _loops = loops;
        EndBlock();
        return body;
    }

    private void EndBlock()
    {
        Next();
        Expect(JinjaTokenKind.BlockEnd);
    }

    /// <summary>Consumes a token; never the end.</summary>
    private JinjaToken Next() => Current.Kind == JinjaTokenKind.End ? Current : _tokens[_at++];

    private void Descend()
    {
        if (++_depth > DeepestNesting) throw JinjaRun.Unsupported(Current.Line, $"nested more than {DeepestNesting} levels deep");
    }

    private bool TakeOperator(string text) => Take(JinjaTokenKind.Operator, text);

    private bool TakeName(string text) => Take(JinjaTokenKind.Name, text);

    private bool Take(JinjaTokenKind kind, string text)
    {
        if (!Current.Is(kind, text)) return false;
        _at++;
        return true;
    }

    private void ExpectOperator(string text)
    {
        if (!TakeOperator(text)) throw JinjaRun.Unsupported(Current.Line, $"{Current} in place of '{text}'");
    }

    private void ExpectName(string text)
    {
        if (!TakeName(text)) throw JinjaRun.Unsupported(Current.Line, $"{Current} in place of '{text}'");
    }

    private string ExpectName() => Current.Kind == JinjaTokenKind.Name ? Next().Text : throw Unexpected();

    private void Expect(JinjaTokenKind kind)
    {
        if (Current.Kind != kind) throw Unexpected();
        _at++;
    }

    private InferenceException Unexpected() => JinjaRun.Unsupported(Current.Line, $"{Current} was not expected");
}
