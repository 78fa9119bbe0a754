using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Watches text that arrives in pieces for stop strings. What could be the beginning of one is held back until it is
/// clear; what precedes the first one is passed on, the rest is not.
/// </summary>
public sealed class StopText
{
    private readonly string[] _stops;
    private readonly StringBuilder _held = new();

    /// <summary>Creates one.</summary>
    /// <param name="stops">The stop strings; none of them empty.</param>
    /// <exception cref="InferenceException">A stop string is empty.</exception>
    public StopText(IEnumerable<string> stops)
    {
        _stops = [.. stops.Distinct(StringComparer.Ordinal)];
        if (Array.Exists(_stops, string.IsNullOrEmpty)) throw new InferenceException(InferenceError.InvalidOption, "a stop string is empty");
    }

    /// <summary>The stop string that was met; null before.</summary>
    public string? Met { get; private set; }

    /// <summary>Takes the next piece, and gives what can be passed on.</summary>
    public string Push(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        if (Met is not null) return string.Empty;
        if (_stops.Length == 0) return piece;
        string text = _held.Append(piece).ToString();
        _held.Clear();
        int end = FindStop(text);
        if (Met is not null) return text[..end];
        int keep = BeginningAtTheEnd(text);
        _held.Append(text, text.Length - keep, keep);
        return text[..^keep];
    }

    /// <summary>At the end of the text: what was held back, as it was no stop string after all.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    private int FindStop(string text)
    {
        int first = text.Length;
        foreach (string stop in _stops)
        {
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at < 0 || at > first || (at == first && Met is not null)) continue;
            first = at;
            Met = stop;
        }

        return first;
    }

    /// <summary>Length of the longest end of the text that begins a stop string.</summary>
    private int BeginningAtTheEnd(string text)
    {
        int longest = 0;
        foreach (string stop in _stops)
        {
            int length = Math.Min(stop.Length - 1, text.Length);
            while (length > longest && !text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length))) length--;
            longest = Math.Max(longest, length);
        }

        return longest;
    }
}
