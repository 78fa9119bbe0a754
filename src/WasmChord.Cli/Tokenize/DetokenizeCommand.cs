using System.CommandLine;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>
/// <c>detokenize</c>: the text of tokens, exactly; what <c>tokenize</c> made of a text gives that text. Needs a vocabulary
/// and no tensors.
/// </summary>
internal sealed class DetokenizeCommand : ToolCommand
{
    private readonly Argument<string> _model = ModelArgument();
    private readonly Option<string?> _ids = new("--ids") { Description = "The tokens, such as 1,2,3.", HelpName = "IDS" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "A file that holds the tokens, as tokenize prints them. Without either, standard input.", HelpName = "FILE" };
    private readonly Option<bool> _special = new("--special") { Description = "Show control tokens by their names." };
    private readonly Option<bool> _clean = new("--clean-spaces") { Description = "Leave out spaces before punctuation where llama.cpp does." };
    private readonly Func<Stream> _input;

    public DetokenizeCommand(ToolOutput output, ToolHooks hooks) : base(output, "detokenize", "Prints the text of tokens.")
    {
        _input = hooks.StandardInput ?? Console.OpenStandardInput;
        Add(_model);
        Add(_ids);
        Add(_file);
        Add(_special);
        Add(_clean);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TextSource source = new(parsed.GetValue(_ids), parsed.GetValue(_file), _input, "--ids");
        using GgufModel model = await GgufModel.OpenAsync(parsed.GetRequiredValue(_model), cancellationToken).ConfigureAwait(false);
        Tokenizer tokenizer = await Tokenizer.CreateAsync(model, cancellationToken).ConfigureAwait(false);
        TokenId[] tokens = TokenList.Parse(await source.ReadAsync(cancellationToken).ConfigureAwait(false), source.Name);
        Output.Write(new DetokenizeReport(TextOf(tokenizer, tokens, parsed.GetValue(_special), parsed.GetValue(_clean))), ToolJson.Default.DetokenizeReport);
        return ExitCode.Success;
    }

    private static string TextOf(Tokenizer tokenizer, ReadOnlySpan<TokenId> tokens, bool special, bool clean)
    {
        // The token that tokenize put first is not part of the text, and the space that it put next is neither.
        bool isAdded = !special && tokenizer.Special.AddsBegin && tokens.Length > 0 && tokens[0] == tokenizer.Special.BeginOfSequence;
        if (isAdded) tokens = tokens[1..];
        return clean ? tokenizer.Decode(tokens, special) : System.Text.Encoding.UTF8.GetString(tokenizer.DecodeBytes(tokens, special, stripPrefix: true));
    }
}
