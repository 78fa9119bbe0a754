using System.Globalization;
using static WasmChord.Inference.TemplateExpression;

namespace WasmChord.Inference;

/// <summary>Expressions, from the loosest operator to the tightest, in Jinja's order.</summary>
internal sealed partial class TemplateParser
{
    private static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private TemplateExpression ParseExpression()
    {
        if (++_depth > TemplateScope.MaxDepth) throw Unclear($"expressions are nested more than {TemplateScope.MaxDepth} deep");
        TemplateExpression value = ParseOr();
        if (TakeName("if"))
        {
            TemplateExpression condition = ParseOr();
            value = new Choice(condition, value, TakeName("else") ? ParseExpression() : null);
        }

        _depth--;
        return value;
    }

    /// <summary>An expression, or several with commas between, which make a list.</summary>
    private TemplateExpression ParseTuple()
    {
        TemplateExpression first = ParseExpression();
        if (!TakeSymbol(",")) return first;
        List<TemplateExpression> items = [first, ParseExpression()];
        while (TakeSymbol(",")) items.Add(ParseExpression());
        return new ListOf(items);
    }

    private TemplateExpression ParseOr()
    {
        TemplateExpression left = ParseAnd();
        while (TakeName("or")) left = new Binary("or", left, ParseAnd());
        return left;
    }

    private TemplateExpression ParseAnd()
    {
        TemplateExpression left = ParseNot();
        while (TakeName("and")) left = new Binary("and", left, ParseNot());
        return left;
    }

    private TemplateExpression ParseNot()
    {
        int negations = 0;
        while (TakeName("not")) negations++;
        TemplateExpression operand = ParseComparison();
        return negations == 0 ? operand : negations % 2 == 1 ? new Not(operand) : new Not(new Not(operand));
    }

    private TemplateExpression ParseComparison()
    {
        TemplateExpression left = ParseSum();
        while (true)
        {
            if (Current.Kind == TemplateTokenKind.Symbol && s_comparisons.Contains(Current.Text)) left = new Binary(Next().Text, left, ParseSum());
            else if (TakeName("in")) left = new Binary("in", left, ParseSum());
            else if (Current is { Kind: TemplateTokenKind.Name, Text: "not" } && _tokens[_at + 1] is { Kind: TemplateTokenKind.Name, Text: "in" })
            {
                _at += 2;
                left = new Binary("not in", left, ParseSum());
            }
            else return left;
        }
    }

    private TemplateExpression ParseSum()
    {
        TemplateExpression left = ParseConcatenation();
        while (Current is { Kind: TemplateTokenKind.Symbol, Text: "+" or "-" }) left = new Binary(Next().Text, left, ParseConcatenation());
        return left;
    }

    private TemplateExpression ParseConcatenation()
    {
        TemplateExpression left = ParseProduct();
        while (TakeSymbol("~")) left = new Binary("~", left, ParseProduct());
        return left;
    }

    private TemplateExpression ParseProduct()
    {
        TemplateExpression left = ParsePower();
        while (Current is { Kind: TemplateTokenKind.Symbol, Text: "*" or "/" or "//" or "%" }) left = new Binary(Next().Text, left, ParsePower());
        return left;
    }

    private TemplateExpression ParsePower()
    {
        TemplateExpression left = ParseUnary();
        while (TakeSymbol("**")) left = new Binary("**", left, ParseUnary());
        return left;
    }

    private TemplateExpression ParseUnary()
    {
        int signs = 0;
        while (Current is { Kind: TemplateTokenKind.Symbol, Text: "-" or "+" }) signs += Next().Text == "-" ? 1 : 0;
        TemplateExpression operand = ParsePostfix(ParsePrimary());
        return signs % 2 == 0 ? operand : operand is Constant { Value: long n } ? new Constant(-n) : new Negative(operand);
    }

    private TemplateExpression ParsePrimary()
    {
        TemplateToken token = Next();
        switch (token.Kind)
        {
            case TemplateTokenKind.String:
                string text = token.Text;
                while (Current.Kind == TemplateTokenKind.String) text += Next().Text;
                return new Constant(text);
            case TemplateTokenKind.Integer:
                return new Constant(long.TryParse(token.Text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out long n) ? n : throw Unclear($"the number {token.Text} is too large"));
            case TemplateTokenKind.Real:
                return new Constant(double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TemplateTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new Constant(true),
                    "false" or "False" => new Constant(false),
                    "none" or "None" => new Constant(null),
                    _ => new Variable(token.Text),
                };
            case TemplateTokenKind.Symbol when token.Text == "(":
                return ParseParenthesized();
            case TemplateTokenKind.Symbol when token.Text == "[":
                return new ListOf(ParseItems("]"));
            case TemplateTokenKind.Symbol when token.Text == "{":
                return ParseMap();
            default:
                throw Unclear($"'{token.Text}' is not expected");
        }
    }

    private TemplateExpression ParseParenthesized()
    {
        if (TakeSymbol(")")) return new ListOf([]);
        TemplateExpression first = ParseExpression();
        if (TakeSymbol(")")) return first;
        ExpectSymbol(",");
        return new ListOf([first, .. ParseItems(")")]);
    }

    private List<TemplateExpression> ParseItems(string close)
    {
        List<TemplateExpression> items = [];
        while (!TakeSymbol(close))
        {
            items.Add(ParseExpression());
            if (TakeSymbol(",")) continue;
            ExpectSymbol(close);
            break;
        }

        return items;
    }

    private MapOf ParseMap()
    {
        List<(TemplateExpression, TemplateExpression)> items = [];
        while (!TakeSymbol("}"))
        {
            TemplateExpression key = ParseExpression();
            ExpectSymbol(":");
            items.Add((key, ParseExpression()));
            if (TakeSymbol(",")) continue;
            ExpectSymbol("}");
            break;
        }

        return new MapOf(items);
    }

    private TemplateExpression ParsePostfix(TemplateExpression target)
    {
        while (true)
        {
            if (TakeSymbol(".")) target = new TemplateExpression.Attribute(target, new Constant(TakeKey()));
            else if (TakeSymbol("[")) target = ParseSubscript(target);
            else if (TakeSymbol("(")) target = new Call(target, ParseArguments());
            else if (TakeSymbol("|"))
            {
                string name = Expect(TemplateTokenKind.Name, "a filter").Text;
                target = new Filter(target, name, TakeSymbol("(") ? ParseArguments() : TemplateArguments.None);
            }
            else if (TakeName("is")) target = ParseTest(target);
            else return target;
        }
    }

    private object TakeKey() => Current.Kind == TemplateTokenKind.Integer
        ? long.Parse(Next().Text, CultureInfo.InvariantCulture)
        : Expect(TemplateTokenKind.Name, "a name").Text;

    private TemplateExpression ParseTest(TemplateExpression target)
    {
        bool isNegated = TakeName("not");
        string name = Current.Kind == TemplateTokenKind.Symbol && Current.Text is "==" or "!=" ? Next().Text : Expect(TemplateTokenKind.Name, "a test").Text;
        TemplateArguments arguments = TemplateArguments.None;
        if (TakeSymbol("(")) arguments = ParseArguments();
        else if (StartsOperand()) arguments = new TemplateArguments([ParsePostfix(ParsePrimary())], []);
        TemplateExpression test = new Test(target, name, arguments);
        return isNegated ? new Not(test) : test;
    }

    /// <summary>A test may be followed by its argument without brackets.</summary>
    private bool StartsOperand() => Current.Kind is TemplateTokenKind.String or TemplateTokenKind.Integer or TemplateTokenKind.Real
        || (Current.Kind == TemplateTokenKind.Name && Current.Text is not ("and" or "or" or "not" or "if" or "else" or "in" or "is"));

    private TemplateExpression ParseSubscript(TemplateExpression target)
    {
        TemplateExpression? from = IsSymbol(":") ? null : ParseExpression();
        if (from is not null && TakeSymbol("]")) return new TemplateExpression.Attribute(target, from);
        ExpectSymbol(":");
        TemplateExpression? to = IsSymbol(":") || IsSymbol("]") ? null : ParseExpression();
        TemplateExpression? step = TakeSymbol(":") && !IsSymbol("]") ? ParseExpression() : null;
        ExpectSymbol("]");
        return new Slice(target, from, to, step);
    }

    private TemplateArguments ParseArguments()
    {
        List<TemplateExpression> positional = [];
        List<(string, TemplateExpression)> named = [];
        while (!TakeSymbol(")"))
        {
            if (Current.Kind == TemplateTokenKind.Name && _tokens[_at + 1] is { Kind: TemplateTokenKind.Symbol, Text: "=" })
            {
                string name = Next().Text;
                _at++;
                named.Add((name, ParseExpression()));
            }
            else positional.Add(ParseExpression());

            if (TakeSymbol(",")) continue;
            ExpectSymbol(")");
            break;
        }

        return new TemplateArguments(positional, named);
    }

    private bool IsSymbol(string symbol) => Current.Kind == TemplateTokenKind.Symbol && Current.Text == symbol;
}
