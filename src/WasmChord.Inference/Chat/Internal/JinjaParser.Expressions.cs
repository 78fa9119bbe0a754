using System.Globalization;
using System.Text;

namespace WasmChord.Inference;

/// <summary>Expressions, by rising precedence as in Jinja2: conditional, or, and, not, comparisons, sums, ~, products, powers, signs, filters and tests.</summary>
internal sealed partial class JinjaParser
{
    private static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] s_notNames = ["and", "or", "not", "in", "is", "if", "else", "elif"];

    private JinjaExpression ReadExpressionOrTuple()
    {
        JinjaExpression first = ReadExpression();
        return Current.Is(JinjaTokenKind.Operator, ",") ? ReadTuple(first) : first;
    }

    private JinjaListLiteral ReadTuple(JinjaExpression first)
    {
        List<JinjaExpression> elements = [first];
        while (TakeOperator(","))
        {
            if (Current.Kind is JinjaTokenKind.OutputEnd or JinjaTokenKind.BlockEnd || Current.Is(JinjaTokenKind.Operator, ")")) break;
            elements.Add(ReadExpression());
        }

        return new JinjaListLiteral(first.Line, elements, isTuple: true);
    }

    private JinjaExpression ReadExpression()
    {
        Descend();
        JinjaExpression value = ReadLogic();
        while (TakeName("if"))
        {
            JinjaExpression condition = ReadLogic();
            value = new JinjaConditional(value.Line, condition, value, TakeName("else") ? ReadExpression() : null);
        }

        _depth--;
        return value;
    }

    private JinjaExpression ReadLogic()
    {
        JinjaExpression left = ReadAnd();
        while (TakeName("or")) left = new JinjaLogic(left.Line, isAnd: false, left, ReadAnd());
        return left;
    }

    private JinjaExpression ReadAnd()
    {
        JinjaExpression left = ReadNot();
        while (TakeName("and")) left = new JinjaLogic(left.Line, isAnd: true, left, ReadNot());
        return left;
    }

    private JinjaExpression ReadNot()
    {
        int line = Current.Line;
        if (!TakeName("not")) return ReadComparison();
        Descend();
        JinjaExpression operand = ReadNot();
        _depth--;
        return new JinjaUnary(line, "not", operand);
    }

    private JinjaExpression ReadComparison()
    {
        JinjaExpression first = ReadSum();
        List<KeyValuePair<string, JinjaExpression>> others = [];
        while (TakeComparison() is { } operation) others.Add(new(operation, ReadSum()));
        return others.Count == 0 ? first : new JinjaComparison(first.Line, first, others);
    }

    private string? TakeComparison()
    {
        if (Current.Kind == JinjaTokenKind.Operator && s_comparisons.Contains(Current.Text)) return Next().Text;
        if (TakeName("in")) return "in";
        if (!Current.Is(JinjaTokenKind.Name, "not") || !_tokens[_at + 1].Is(JinjaTokenKind.Name, "in")) return null;
        _at += 2;
        return "not in";
    }

    private JinjaExpression ReadSum() => ReadBinary(ReadConcatenation, "+", "-");

    private JinjaExpression ReadConcatenation() => ReadBinary(ReadProduct, "~");

    private JinjaExpression ReadProduct() => ReadBinary(ReadPower, "*", "/", "//", "%");

    private JinjaExpression ReadPower() => ReadBinary(() => ReadSigned(withFilters: true), "**");

    private JinjaExpression ReadBinary(Func<JinjaExpression> readOperand, params string[] operations)
    {
        JinjaExpression left = readOperand();
        while (Current.Kind == JinjaTokenKind.Operator && operations.Contains(Current.Text))
        {
            JinjaToken operation = Next();
            left = new JinjaBinary(operation.Line, operation.Text, left, readOperand());
        }

        return left;
    }

    private JinjaExpression ReadSigned(bool withFilters)
    {
        Descend();
        JinjaToken token = Current;
        JinjaExpression value = TakeOperator("-") || TakeOperator("+")
            ? new JinjaUnary(token.Line, token.Text, ReadSigned(withFilters: false))
            : ReadPostfix(ReadPrimary());
        _depth--;
        return withFilters ? ReadFiltersAndTests(value) : value;
    }

    private JinjaExpression ReadPostfix(JinjaExpression value)
    {
        while (true)
        {
            int line = Current.Line;
            if (TakeOperator(".")) value = ReadAttribute(value, line);
            else if (TakeOperator("[")) value = ReadElement(value, line);
            else if (TakeOperator("(")) value = new JinjaCall(line, value, ReadArguments());
            else return value;
        }
    }

    private JinjaExpression ReadAttribute(JinjaExpression target, int line)
    {
        JinjaToken token = Next();
        return token.Kind switch
        {
            JinjaTokenKind.Name => new JinjaAttribute(line, target, token.Text),
            JinjaTokenKind.Integer => new JinjaElement(line, target, new JinjaConstant(line, IntegerOf(token))),
            _ => throw JinjaRun.Unsupported(line, $"{token} after '.'"),
        };
    }

    private JinjaExpression ReadElement(JinjaExpression target, int line)
    {
        JinjaExpression? start = Current.Is(JinjaTokenKind.Operator, ":") ? null : ReadExpression();
        if (start is not null && TakeOperator("]")) return new JinjaElement(line, target, start);
        ExpectOperator(":");
        JinjaExpression? stop = ReadBound(), step = TakeOperator(":") ? ReadBound() : null;
        ExpectOperator("]");
        return new JinjaSlice(line, target, start, stop, step);
    }

    private JinjaExpression? ReadBound() => Current.Is(JinjaTokenKind.Operator, ":") || Current.Is(JinjaTokenKind.Operator, "]") ? null : ReadExpression();

    private JinjaExpression ReadFiltersAndTests(JinjaExpression value)
    {
        while (true)
        {
            int line = Current.Line;
            if (TakeOperator("|")) value = ReadFilter(value, line);
            else if (TakeName("is")) value = ReadTest(value, line);
            else if (TakeOperator("(")) value = new JinjaCall(line, value, ReadArguments());
            else return value;
        }
    }

    private JinjaFilter ReadFilter(JinjaExpression target, int line)
    {
        string name = ExpectName();
        JinjaFunction filter = JinjaFilters.Find(name) ?? throw JinjaRun.Unsupported(line, $"filter '{name}'");
        return new JinjaFilter(line, target, name, filter, TakeOperator("(") ? ReadArguments() : JinjaArgumentList.None);
    }

    private JinjaTest ReadTest(JinjaExpression target, int line)
    {
        bool negated = TakeName("not");
        string name = ExpectName();
        JinjaFunction test = JinjaPredicates.Find(name) ?? throw JinjaRun.Unsupported(line, $"test '{name}'");
        JinjaArgumentList arguments = JinjaArgumentList.None;
        if (TakeOperator("(")) arguments = ReadArguments();
        else if (BeginsAnArgument()) arguments = new JinjaArgumentList([ReadPostfix(ReadPrimary())], []);
        return new JinjaTest(line, target, name, test, arguments, negated);
    }

    /// <summary>A test's only argument may stand without brackets.</summary>
    private bool BeginsAnArgument() => Current.Kind switch
    {
        JinjaTokenKind.Name => !s_notNames.Contains(Current.Text),
        JinjaTokenKind.String or JinjaTokenKind.Integer or JinjaTokenKind.Float => true,
        _ => Current.Is(JinjaTokenKind.Operator, "[") || Current.Is(JinjaTokenKind.Operator, "{"),
    };

    private JinjaArgumentList ReadArguments()
    {
        List<JinjaExpression> positional = [];
        List<KeyValuePair<string, JinjaExpression>> named = [];
        while (!TakeOperator(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                ExpectOperator(",");
                if (TakeOperator(")")) break;
            }

            if (Current.Kind == JinjaTokenKind.Name && _tokens[_at + 1].Is(JinjaTokenKind.Operator, "="))
            {
                string name = Next().Text;
                _at++;
                named.Add(new(name, ReadExpression()));
            }
            else if (named.Count == 0) positional.Add(ReadExpression());
            else throw Unexpected();
        }

        return new JinjaArgumentList(positional, named);
    }

    private JinjaExpression ReadPrimary()
    {
        JinjaToken token = Next();
        switch (token.Kind)
        {
            case JinjaTokenKind.Name: return ReadNameOrConstant(token);
            case JinjaTokenKind.Integer: return new JinjaConstant(token.Line, IntegerOf(token));
            case JinjaTokenKind.Float: return new JinjaConstant(token.Line, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case JinjaTokenKind.String:
                // Literals side by side are one.
                StringBuilder text = new(token.Text);
                while (Current.Kind == JinjaTokenKind.String) text.Append(Next().Text);
                return new JinjaConstant(token.Line, text.ToString());
        }

        if (token.Is(JinjaTokenKind.Operator, "[")) return ReadList(token.Line);
        if (token.Is(JinjaTokenKind.Operator, "{")) return ReadMap(token.Line);
        if (!token.Is(JinjaTokenKind.Operator, "(")) throw JinjaRun.Unsupported(token.Line, $"{token} was not expected");
        if (TakeOperator(")")) return new JinjaListLiteral(token.Line, [], isTuple: true);
        JinjaExpression value = ReadExpressionOrTuple();
        ExpectOperator(")");
        return value;
    }

    private static JinjaExpression ReadNameOrConstant(JinjaToken token) => token.Text switch
    {
        "true" or "True" => new JinjaConstant(token.Line, true),
        "false" or "False" => new JinjaConstant(token.Line, false),
        "none" or "None" => new JinjaConstant(token.Line, null),
        "caller" or "varargs" or "kwargs" or "self" => throw JinjaRun.Unsupported(token.Line, $"name '{token.Text}'"),
        _ => s_notNames.Contains(token.Text) ? throw JinjaRun.Unsupported(token.Line, $"{token} was not expected") : new JinjaName(token.Line, token.Text),
    };

    private JinjaListLiteral ReadList(int line)
    {
        List<JinjaExpression> elements = [];
        while (!TakeOperator("]"))
        {
            elements.Add(ReadExpression());
            if (!Current.Is(JinjaTokenKind.Operator, "]")) ExpectOperator(",");
        }

        return new JinjaListLiteral(line, elements, isTuple: false);
    }

    private JinjaMapLiteral ReadMap(int line)
    {
        List<KeyValuePair<JinjaExpression, JinjaExpression>> entries = [];
        while (!TakeOperator("}"))
        {
            JinjaExpression key = ReadExpression();
            ExpectOperator(":");
            entries.Add(new(key, ReadExpression()));
            if (!Current.Is(JinjaTokenKind.Operator, "}")) ExpectOperator(",");
        }

        return new JinjaMapLiteral(line, entries);
    }

    private static long IntegerOf(JinjaToken token) =>
        long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw JinjaRun.Unsupported(token.Line, $"an integer of more than 64 bits, {token}");
}
