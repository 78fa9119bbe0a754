using System.Globalization;

namespace WasmChord.Training;

/// <summary>The words of the command line: a command, then pairs of <c>--name value</c>.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _asked = [];

    /// <exception cref="ArgumentException">A name has no value, or a word is no name.</exception>
    public Options(IReadOnlyList<string> words)
    {
        for (int i = 0; i < words.Count; i += 2)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal)) throw new ArgumentException($"'{words[i]}' is no option");
            if (i + 1 == words.Count) throw new ArgumentException($"{words[i]} needs a value");
            _values[words[i]] = words[i + 1];
        }
    }

    public string Text(string name, string? fallback = null)
    {
        _asked.Add(name);
        return _values.GetValueOrDefault(name) ?? fallback ?? throw new ArgumentException($"{name} is required");
    }

    public T Number<T>(string name, T fallback) where T : IParsable<T>
    {
        _asked.Add(name);
        if (!_values.TryGetValue(name, out string? text)) return fallback;
        return T.TryParse(text, CultureInfo.InvariantCulture, out T? value) ? value : throw new ArgumentException($"{name}: '{text}' is no number");
    }

    /// <summary>Refuses what nobody asked for.</summary>
    public void Complete()
    {
        if (_values.Keys.FirstOrDefault(name => !_asked.Contains(name)) is { } unknown) throw new ArgumentException($"{unknown} is no option here");
    }
}
