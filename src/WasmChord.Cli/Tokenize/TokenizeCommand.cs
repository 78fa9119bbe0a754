using System.CommandLine;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary><c>tokenize</c>: the tokens of a text, as one JSON array. Needs a vocabulary and no tensors.</summary>
internal sealed class TokenizeCommand : ToolCommand
{
    private readonly Argument<string> _model = ModelArgument();
    private readonly Option<string?> _text = new("--text") { Description = "The text.", HelpName = "TEXT" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "A file that holds the text, every byte of it. Without either, standard input.", HelpName = "FILE" };
    private readonly Option<bool> _noBegin = new("--no-bos") { Description = "Add no tokens that begin and end texts, even where the model wants them." };
    private readonly Option<bool> _noSpecial = new("--no-special") { Description = "Take the names of control tokens in the text for text." };
    private readonly Func<Stream> _input;

    public TokenizeCommand(ToolOutput output, ToolHooks hooks) : base(output, "tokenize", "Prints the tokens of a text, as one JSON array.")
    {
        _input = hooks.StandardInput ?? Console.OpenStandardInput;
        Add(_model);
        Add(_text);
        Add(_file);
        Add(_noBegin);
        Add(_noSpecial);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TextSource source = new(parsed.GetValue(_text), parsed.GetValue(_file), _input, "--text");
        using GgufModel model = await GgufModel.OpenAsync(parsed.GetRequiredValue(_model), cancellationToken).ConfigureAwait(false);
        Tokenizer tokenizer = await Tokenizer.CreateAsync(model, cancellationToken).ConfigureAwait(false);
        byte[] text = await source.ReadAsync(cancellationToken).ConfigureAwait(false);
        TokenId[] tokens = tokenizer.Encode(text, addSpecial: !parsed.GetValue(_noBegin), parseSpecial: !parsed.GetValue(_noSpecial));
        Output.Write(new TokenizeReport(tokens), ToolJson.Default.TokenizeReport);
        return ExitCode.Success;
    }
}
