using System.CommandLine;
using WasmChord.Actors;
using WasmChord.Inference;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>The options of every command that runs a model.</summary>
internal sealed class EngineFlags
{
    private readonly Option<BudgetSpec?> _budget = ToolCommand.BudgetOption();
    private readonly Option<int> _threads = ToolCommand.CountOption("--threads", "Threads that compute; 0 for one a processor.", 0, 0, 1024);
    private readonly Option<int> _context = ToolCommand.CountOption("--ctx-size", "Longest sequence in positions; 0 for what the model was trained for.", 0, 0);
    private readonly Option<KvType?> _kvType = ToolCommand.ChoiceOption<KvType>("--kv-type", "In which type keys and values are kept.");
    private readonly Option<MatMulScheme?> _scheme = ToolCommand.ChoiceOption<MatMulScheme>("--scheme", "How weights are multiplied.");
    private readonly Option<EvictionPolicyKind?> _policy = ToolCommand.ChoiceOption<EvictionPolicyKind>("--policy", "Which segments stay.");
    private readonly Option<StorageMode?> _storage = ToolCommand.ChoiceOption<StorageMode>("--storage", "How files are read.");
    private readonly Option<DraftingMode?> _drafting = ToolCommand.ChoiceOption<DraftingMode>("--drafting", "When tokens are drafted by prompt look-up; the text is the same.");

    private readonly SidecarFlag _sidecar = new();

    internal EngineFlags()
    {
        _threads.Aliases.Add("-t");
        _context.Aliases.Add("-c");
    }

    internal void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _budget, _threads, _context, _kvType, _scheme, _policy, _storage, _drafting }) command.Add(option);
        _sidecar.AddTo(command);
    }

    /// <summary>How the model is opened.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="hooks">Test twins.</param>
    /// <param name="change">Any other change to how it generates.</param>
    internal ModelOptions Options(ParseResult parsed, ToolHooks hooks, Func<GenerationSettings, GenerationSettings>? change = null)
    {
        ModelOptions options = new()
        {
            Budget = parsed.GetValue(_budget),
            Policy = parsed.GetValue(_policy),
            StorageMode = parsed.GetValue(_storage),
            Configure = settings =>
            {
                GenerationSettings generation = settings.Generation;
                int threads = parsed.GetValue(_threads), context = parsed.GetValue(_context);
                generation = generation with
                {
                    Threads = threads == 0 ? generation.Threads : threads,
                    Context = context == 0 ? generation.Context : context,
                    KvType = parsed.GetValue(_kvType) ?? generation.KvType,
                    Scheme = parsed.GetValue(_scheme) ?? generation.Scheme,
                };
                if (change is not null) generation = change(generation);
                return settings with { Generation = generation with { Drafting = parsed.GetValue(_drafting) ?? generation.Drafting } };
            },
        };
        options = _sidecar.Apply(parsed, options);
        return hooks.ModelOptions is { } test ? test(options) : options;
    }
}
