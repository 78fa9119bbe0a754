using System.Text.Json;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>What <c>tokenize</c> found: the ids, an array in both forms of output.</summary>
internal sealed class TokenizeReport : List<int>, IReport
{
    /// <summary>An empty report, for the serializer.</summary>
    public TokenizeReport()
    {
    }

    /// <summary>The ids of tokens.</summary>
    public TokenizeReport(IReadOnlyList<TokenId> tokens) : base(tokens.Count)
    {
        foreach (TokenId token in tokens) Add(token.Value);
    }

    /// <inheritdoc/>
    public void WriteText(TextWriter text) => text.WriteLine(JsonSerializer.Serialize(this, ToolJson.Default.TokenizeReport));
}
