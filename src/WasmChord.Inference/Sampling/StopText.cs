using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Watches text that arrives in pieces for stop strings. What could be the beginning of one is held back until it is
/// clear; what precedes the one that is complete first is passed on, the rest is not. However the text is cut into
/// pieces, the result is the same, and each character is looked at once for each stop string (Knuth, Morris, Pratt: Fast
/// Pattern Matching in Strings, 1977).
/// </summary>
public sealed class StopText
{
    private readonly string[] _stops;
    private readonly int[][] _borders; // by stop and length of a beginning: the longest shorter beginning that ends it
    private readonly int[] _matched; // by stop: how much of its beginning the text so far ends with
    private readonly StringBuilder _held = new();

    /// <summary>Creates one.</summary>
    /// <param name="stops">The stop strings; none of them empty.</param>
    /// <exception cref="InferenceException">A stop string is empty.</exception>
    public StopText(IEnumerable<string> stops)
    {
        _stops = [.. stops.Distinct(StringComparer.Ordinal)];
        if (Array.Exists(_stops, string.IsNullOrEmpty)) throw new InferenceException(InferenceError.InvalidOption, "a stop string is empty");
        _borders = Array.ConvertAll(_stops, BordersOf);
        _matched = new int[_stops.Length];
    }

    /// <summary>The stop string that was met; null before.</summary>
    public string? Met { get; private set; }

    /// <summary>Takes the next piece, and gives what can be passed on.</summary>
    public string Push(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        if (Met is not null) return string.Empty;
        if (_stops.Length == 0) return piece;
        int before = _held.Length;
        for (int i = 0; i < piece.Length; i++)
        {
            Met = Advance(piece[i]);
            if (Met is null) continue;
            return Take(piece, before + i + 1 - Met.Length);
        }

        return Take(piece, before + piece.Length - _matched.Max());
    }

    /// <summary>At the end of the text: what was held back, as it was no stop string after all.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        Array.Clear(_matched);
        return rest;
    }

    /// <summary>So many characters of what was held and the piece; the others are held from now on, unless a stop was met.</summary>
    private string Take(string piece, int count)
    {
        if (_held.Length == 0 && count == piece.Length) return piece;
        _held.Append(piece);
        string passed = _held.ToString(0, count);
        if (Met is null) _held.Remove(0, count);
        else _held.Clear();
        return passed;
    }

    /// <summary>Takes a character; the stop string that ends with it, the longest if several do.</summary>
    private string? Advance(char next)
    {
        string? met = null;
        for (int s = 0; s < _stops.Length; s++)
        {
            string stop = _stops[s];
            int matched = _matched[s];
            while (matched > 0 && stop[matched] != next) matched = _borders[s][matched];
            if (stop[matched] == next) matched++;
            if (matched == stop.Length)
            {
                if (met is null || stop.Length > met.Length) met = stop;
                matched = _borders[s][matched];
            }

            _matched[s] = matched;
        }

        return met;
    }

    private static int[] BordersOf(string stop)
    {
        int[] borders = new int[stop.Length + 1];
        for (int length = 2, border = 0; length <= stop.Length; length++)
        {
            while (border > 0 && stop[border] != stop[length - 1]) border = borders[border];
            if (stop[border] == stop[length - 1]) border++;
            borders[length] = border;
        }

        return borders;
    }
}
