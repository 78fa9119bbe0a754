namespace WasmChord.Inference;

/// <summary>The arguments of a call, and what a function needs besides them.</summary>
/// <param name="Run">The rendering.</param>
/// <param name="Callee">The function's name, for messages.</param>
/// <param name="Line">Where it is called.</param>
/// <param name="Subject">What a filter, a test or a method is applied to.</param>
/// <param name="Positional">Arguments by position.</param>
/// <param name="Named">Arguments by name.</param>
internal sealed record JinjaArguments(
    JinjaRun Run, string Callee, int Line, object? Subject, IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    internal static IReadOnlyDictionary<string, object?> NoNames { get; } = new Dictionary<string, object?>();

    /// <summary>The arguments in the order of a function's parameters; those not given are undefined.</summary>
    /// <exception cref="InferenceException">Too many, too few, or a name that the function does not have.</exception>
    internal object?[] Bind(int required, params ReadOnlySpan<string> names)
    {
        if (Positional.Count > names.Length) throw Wrong($"takes {names.Length} arguments, not {Positional.Count}");
        object?[] bound = new object?[names.Length];
        int used = 0;
        for (int i = 0; i < bound.Length; i++)
        {
            if (Named.TryGetValue(names[i], out bound[i])) used++;
            else if (i < Positional.Count) bound[i] = Positional[i];
            else if (i < required) throw Wrong($"needs '{names[i]}'");
            else bound[i] = new JinjaUndefined(names[i]);
        }

        return used == Named.Count ? bound : throw Wrong($"has no parameter '{Named.Keys.First()}' or one of those beside it");
    }

    /// <summary>The subject as a string.</summary>
    internal string Text() => Subject as string ?? throw Wrong($"cannot be applied to {JinjaValue.KindOf(Subject)}");

    /// <summary>The elements of the subject.</summary>
    internal IReadOnlyList<object?> Elements() => JinjaValue.Elements(Run, Line, Subject);

    /// <summary>An argument as a string, or a default where it is not given.</summary>
    internal string TextOf(object? argument, string? otherwise = null) => argument switch
    {
        string text => text,
        JinjaUndefined when otherwise is not null => otherwise,
        _ => throw Wrong($"needs a string, not {JinjaValue.KindOf(argument)}"),
    };

    /// <summary>An argument as an integer, or a default where it is not given.</summary>
    internal int IntegerOf(object? argument, int otherwise) => argument switch
    {
        long value when (int)value == value => (int)value,
        JinjaUndefined => otherwise,
        _ => throw Wrong($"needs an integer, not {JinjaValue.KindOf(argument)}"),
    };

    /// <summary>A result that is text of its own.</summary>
    internal string Made(string text)
    {
        Run.Spend(text.Length, Line);
        return text;
    }

    internal InferenceException Wrong(string what) => JinjaRun.Unsupported(Line, $"{Callee} {what}");
}
