using System.CommandLine;
using WasmChord.Actors;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary><c>guest run</c>: one call into a guest, supervised and within limits.</summary>
internal sealed class GuestRunCommand : ToolCommand
{
    private readonly ToolHooks _hooks;
    private readonly Argument<string> _guest = GuestCommand.GuestArgument();
    private readonly Option<string?> _model = new("--model", "-m") { Description = "A GGUF file; without it, the demo model.", HelpName = "MODEL" };
    private readonly Option<string?> _invoke = new("--invoke") { Description = "The exported function to call; without it run, else _start.", HelpName = "NAME" };
    private readonly Option<string[]> _arguments = new("--arg") { Description = "An argument of the function; once for each.", HelpName = "VALUE" };
    private readonly Option<long?> _fuel = new("--fuel") { Description = "Instructions, about, that it may execute.", HelpName = "N" };
    private readonly Option<long?> _memory = SizeOption("--max-memory", "What its own memory may grow to.");
    private readonly Option<double?> _time = new("--max-time") { Description = "Seconds that it may take.", HelpName = "SECONDS" };
    private readonly Option<int?> _leases = new("--max-leases") { Description = "Layers that it may hold at a time.", HelpName = "N" };
    private readonly Option<bool> _unmetered = new("--unmetered") { Description = "Do not count instructions: faster, and fuel_used is not known." };
    private readonly Option<BudgetSpec?> _budget = BudgetOption();
    private readonly SidecarFlag _sidecar = new();

    public GuestRunCommand(ToolOutput output, ToolHooks hooks) : base(output, "run", "Runs a guest on a model's weights and prints its result.")
    {
        _hooks = hooks;
        Add(_guest);
        foreach (Option option in new Option[] { _model, _invoke, _arguments, _fuel, _memory, _time, _leases, _unmetered, _budget }) Add(option);
        _sidecar.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_unmetered) && parsed.GetValue(_fuel) is not null) throw ToolException.Usage("--fuel cannot be counted with --unmetered");
        ModelOptions options = _sidecar.Apply(parsed, new ModelOptions { Budget = parsed.GetValue(_budget) });
        if (_hooks.ModelOptions is { } test) options = test(options);
        string path = parsed.GetRequiredValue(_guest);
        byte[] module = await GuestCommand.ReadAsync(path, new GuestLimits().ModuleBytes, cancellationToken).ConfigureAwait(false);
        await using RunningModel running = await RunningModel.OpenAsync(parsed.GetValue(_model), options, Output, cancellationToken).ConfigureAwait(false);
        GuestResult result = await running.Model.RunGuestAsync(module, new GuestOptions
        {
            Invoke = parsed.GetValue(_invoke),
            Arguments = parsed.GetValue(_arguments) ?? [],
            Limits = Limits(parsed, running.GuestLimits),
            Cancellation = cancellationToken,
        }).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (result.End is GuestEnd.NoSuchFunction) throw ToolException.Usage($"{path}: {result.Text}");
        await running.ObserveAsync().ConfigureAwait(false);
        Output.Write(GuestReport.From(result, running), ToolJson.Default.GuestReport);
        return result.HasReturned ? ExitCode.Success : ExitCode.Failed;
    }

    private GuestLimits Limits(ParseResult parsed, GuestLimits settings)
    {
        GuestLimits limits = settings with
        {
            MemoryBytes = parsed.GetValue(_memory) ?? settings.MemoryBytes,
            Leases = parsed.GetValue(_leases) ?? settings.Leases,
            Fuel = parsed.GetValue(_unmetered) ? null : parsed.GetValue(_fuel) ?? settings.Fuel ?? long.MaxValue,
        };
        if (parsed.GetValue(_time) is { } seconds)
        {
            if (!(seconds > 0 && seconds < int.MaxValue / 1000)) throw ToolException.Usage($"--max-time: {seconds} s cannot be a limit");
            limits = limits with { WallTime = TimeSpan.FromSeconds(seconds) };
        }

        try
        {
            return limits.Validated();
        }
        catch (ArgumentException e)
        {
            throw ToolException.Usage(e.Message);
        }
    }
}
