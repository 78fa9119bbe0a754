using System.Text.Json;

namespace WasmChord.Bench.Compare;

/// <summary>
/// Writes prompts of about so many tokens in the vocabulary of a model: repeats a word as often as two trials show to be
/// right. What a prompt really came to is in the report of the run that takes it.
/// </summary>
/// <param name="tool">The tool, without its arguments.</param>
/// <param name="model">The model.</param>
/// <param name="run">Runs a command and gives its output.</param>
internal sealed class PromptWriter(ProcessCommand tool, string model, Func<ProcessCommand, Task<string>> run)
{
    private const string Word = "one more ";
    private const int FirstCount = 16, SecondCount = 80;

    private (double Base, double Slope)? _fit;

    /// <summary>Writes a prompt of at most <paramref name="tokenCount"/> tokens to a file, if the vocabulary behaves.</summary>
    public async Task WriteAsync(int tokenCount, string path)
    {
        if (_fit is null)
        {
            double first = await CountAsync(FirstCount, path).ConfigureAwait(false), second = await CountAsync(SecondCount, path).ConfigureAwait(false);
            double slope = (second - first) / (SecondCount - FirstCount);
            _fit = (first - slope * FirstCount, slope);
        }
        await File.WriteAllTextAsync(path, Repeat(Words(tokenCount, _fit.Value.Base, _fit.Value.Slope))).ConfigureAwait(false);
    }

    /// <summary>How many words make at most so many tokens; at least one.</summary>
    internal static int Words(int tokenCount, double baseTokens, double tokensPerWord) => Math.Max(1, (int)((tokenCount - baseTokens) / tokensPerWord));

    private async Task<double> CountAsync(int words, string path)
    {
        await File.WriteAllTextAsync(path, Repeat(words)).ConfigureAwait(false);
        string json = await run(tool with { Arguments = [.. tool.Arguments, "tokenize", model, "--file", path, "--json"] }).ConfigureAwait(false);
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetArrayLength();
    }

    private static string Repeat(int words) => string.Concat(Enumerable.Repeat(Word, words));
}
