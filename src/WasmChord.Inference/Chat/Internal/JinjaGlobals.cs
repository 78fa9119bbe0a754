using System.Globalization;
using System.Text;

namespace WasmChord.Inference;

/// <summary>The functions that every template can call: Jinja2's own, and those that model templates rely on.</summary>
internal static class JinjaGlobals
{
    internal static void AddTo(JinjaScope scope)
    {
        scope.Set("range", new JinjaFunction(Range));
        scope.Set("namespace", new JinjaFunction(Namespace));
        scope.Set("dict", new JinjaFunction(Map));
        scope.Set("raise_exception", new JinjaFunction(Refuse));
        scope.Set("strftime_now", new JinjaFunction(Now));
    }

    private static List<object?> Range(JinjaArguments a)
    {
        object?[] bound = a.Bind(1, "start", "stop", "step");
        bool onlyStop = bound[1] is JinjaUndefined;
        long start = onlyStop ? 0 : a.IntegerOf(bound[0], 0), stop = a.IntegerOf(bound[onlyStop ? 0 : 1], 0), step = a.IntegerOf(bound[2], 1);
        if (step == 0) throw a.Wrong("with a step of 0");
        a.Run.Spend(Math.Max(0, (stop - start) / step), a.Line);
        List<object?> numbers = [];
        for (long n = start; step > 0 ? n < stop : n > stop; n += step) numbers.Add(n);
        return numbers;
    }

    private static JinjaNamespace Namespace(JinjaArguments a)
    {
        if (a.Positional.Count > 0) throw a.Wrong("takes arguments by name only");
        JinjaNamespace space = new();
        foreach ((string name, object? value) in a.Named) space.Attributes[name] = value;
        return space;
    }

    private static JinjaMap Map(JinjaArguments a)
    {
        if (a.Positional.Count > 0) throw a.Wrong("takes arguments by name only");
        JinjaMap map = new();
        foreach ((string name, object? value) in a.Named) map[name] = value;
        return map;
    }

    private static object? Refuse(JinjaArguments a) =>
        throw new InferenceException(InferenceError.RefusedByTemplate, $"the chat template refuses the messages: {a.TextOf(a.Bind(1, "message")[0])}");

    /// <summary>The local time by a format of strftime, in English.</summary>
    private static string Now(JinjaArguments a)
    {
        string format = a.TextOf(a.Bind(1, "format")[0]);
        DateTimeOffset now = a.Run.Clock.GetLocalNow();
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%') text.Append(format[i]);
            else if (++i < format.Length && PartOf(format[i]) is { } part) text.Append(now.ToString(part, CultureInfo.InvariantCulture));
            else if (i < format.Length && format[i] == '%') text.Append('%');
            else throw a.Wrong($"does not know format '{format}'");
        }

        return a.Made(text.ToString());
    }

    private static string? PartOf(char directive) => directive switch
    {
        'd' => "dd",
        'b' => "MMM",
        'B' => "MMMM",
        'm' => "MM",
        'Y' => "yyyy",
        'y' => "yy",
        'H' => "HH",
        'I' => "hh",
        'M' => "mm",
        'S' => "ss",
        'p' => "tt",
        'a' => "ddd",
        'A' => "dddd",
        _ => null,
    };
}
