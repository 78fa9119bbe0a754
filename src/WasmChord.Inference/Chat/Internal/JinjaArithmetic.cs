using System.Globalization;

namespace WasmChord.Inference;

/// <summary>The operators that make numbers, strings and lists. Integers have 64 bits; what exceeds them is an error.</summary>
internal static class JinjaArithmetic
{
    internal static object Negate(int line, object? value, bool negates) => JinjaValue.Number(value) switch
    {
        long n => negates ? Checked(line, () => checked(-n)) : n,
        double d => negates ? -d : d,
        _ => throw JinjaRun.Unsupported(line, $"{JinjaValue.KindOf(value)} is no number"),
    };

    internal static object? Apply(JinjaRun run, int line, string operation, object? left, object? right)
    {
        if (operation == "~") return Made(run, line, JinjaValue.Text(run, line, left), JinjaValue.Text(run, line, right));
        if (JinjaValue.Number(left) is { } a && JinjaValue.Number(right) is { } b)
            return a is long x && b is long y ? OfIntegers(line, operation, x, y) : OfFloats(line, operation, Float(a), Float(b));
        return (operation, left, right) switch
        {
            ("+", string s, string t) => Made(run, line, s, t),
            ("+", List<object?> s, List<object?> t) => Joined(run, line, s, t),
            ("+", object?[] s, object?[] t) => Joined(run, line, s, t).ToArray(),
            ("*", string s, long n) => Repeated(run, line, s, n),
            ("*", long n, string s) => Repeated(run, line, s, n),
            _ => throw JinjaRun.Unsupported(line, $"{JinjaValue.KindOf(left)} {operation} {JinjaValue.KindOf(right)}"),
        };
    }

    private static double Float(object number) => Convert.ToDouble(number, CultureInfo.InvariantCulture);

    private static string Made(JinjaRun run, int line, string left, string right)
    {
        run.Spend((long)left.Length + right.Length, line);
        return left + right;
    }

    private static List<object?> Joined(JinjaRun run, int line, IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        run.Spend((long)left.Count + right.Count, line);
        return [.. left, .. right];
    }

    private static string Repeated(JinjaRun run, int line, string text, long count)
    {
        if (count <= 0 || text.Length == 0) return string.Empty;
        run.Spend(Math.Min(count, int.MaxValue) * text.Length, line);
        return string.Concat(Enumerable.Repeat(text, (int)count));
    }

    private static object OfIntegers(int line, string operation, long a, long b)
    {
        if (operation is "/" or "//" or "%" && b == 0) throw JinjaRun.Unsupported(line, "division by zero");
        return operation switch
        {
            "+" => Checked(line, () => checked(a + b)),
            "-" => Checked(line, () => checked(a - b)),
            "*" => Checked(line, () => checked(a * b)),
            "/" => (double)a / b,
            "//" => Checked(line, () => checked(a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0)),
            "%" => b == -1 ? 0L : a % b + (a % b != 0 && (a < 0) != (b < 0) ? b : 0),
            _ => b >= 0 ? Checked(line, () => Power(a, b)) : Math.Pow(a, b),
        };
    }

    private static object OfFloats(int line, string operation, double a, double b)
    {
        if (operation is "/" or "//" or "%" && b == 0) throw JinjaRun.Unsupported(line, "division by zero");
        return operation switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "//" => Math.Floor(a / b),
            "%" => a - b * Math.Floor(a / b),
            _ => Math.Pow(a, b),
        };
    }

    private static long Power(long value, long exponent)
    {
        long result = 1;
        // Beyond 63 factors all but 0, 1 and −1 overflow, and those repeat.
        if (exponent > 64) exponent = 64 + exponent % 2;
        for (long i = 0; i < exponent; i++) result = checked(result * value);
        return result;
    }

    private static object Checked(int line, Func<long> compute)
    {
        try
        {
            return compute();
        }
        catch (OverflowException)
        {
            throw JinjaRun.Unsupported(line, "an integer of more than 64 bits");
        }
    }
}
