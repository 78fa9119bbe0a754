using static WasmChord.Inference.TemplateValues;

namespace WasmChord.Inference;

/// <summary>Functions that every template can call.</summary>
internal static class TemplateBuiltins
{
    private const int MaxRange = 100_000;

    internal static IReadOnlyDictionary<string, TemplateFunction> Functions { get; } = new Dictionary<string, TemplateFunction>(StringComparer.Ordinal)
    {
        ["raise_exception"] = (arguments, _) =>
            throw new InferenceException(InferenceError.UnsupportedTemplate, $"the chat template refuses the conversation: {Text(arguments.FirstOrDefault())}"),
        ["namespace"] = (arguments, named) => Copy(arguments, named, isMutable: true),
        ["dict"] = (arguments, named) => Copy(arguments, named, isMutable: false),
        ["range"] = (arguments, _) => Range(arguments),
    };

    private static TemplateMap Copy(List<object?> arguments, TemplateMap named, bool isMutable)
    {
        TemplateMap map = new(isMutable);
        IEnumerable<KeyValuePair<string, object?>> all = arguments.FirstOrDefault() is TemplateMap first ? first.Concat(named) : named;
        foreach ((string key, object? value) in all) map[key] = value;
        return map;
    }

    private static List<object?> Range(List<object?> arguments)
    {
        if (arguments.Count is 0 or > 3 || arguments.Exists(a => a is not long)) throw Unclear("'range' needs one to three whole numbers");
        long from = arguments.Count > 1 ? (long)arguments[0]! : 0, to = (long)arguments[arguments.Count > 1 ? 1 : 0]!, step = arguments.Count > 2 ? (long)arguments[2]! : 1;
        if (step == 0) throw Unclear("'range' has a step of 0");
        List<object?> numbers = [];
        for (long i = from; step > 0 ? i < to : i > to; i += step)
        {
            if (numbers.Count == MaxRange) throw Unclear($"'range' has more than {MaxRange} numbers");
            numbers.Add(i);
        }

        return numbers;
    }
}
