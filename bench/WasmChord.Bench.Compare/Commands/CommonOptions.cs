using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using WasmChord.Memory64;

namespace WasmChord.Bench.Compare;

/// <summary>What every command of this program takes.</summary>
internal sealed class CommonOptions
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A GGUF file." };
    private readonly Option<string?> _tool = new("--tool") { Description = "wasmchord, or wasmchord.dll; the Release build of this repository unless told.", HelpName = "PATH" };
    private readonly Option<string> _toolArguments = new("--tool-args") { Description = "Further arguments of wasmchord's bench and generate, in one string.", HelpName = "ARGS", DefaultValueFactory = _ => "" };
    private readonly Option<string> _folder = new("--out") { Description = "Folder that receives the report.", HelpName = "FOLDER", DefaultValueFactory = _ => "bench-results" };
    private readonly Option<string?> _limitWith = new("--limit-with") { Description = "Command that runs what follows it within {bytes} of memory, where no control group can be made.", HelpName = "COMMAND" };

    internal CommonOptions(int rounds)
    {
        Rounds = Count("--rounds", "How often each process is run; figures are medians over the rounds.", rounds);
        Threads = Count("--threads", "Threads that compute.", Environment.ProcessorCount);
        Repeats = Count("--repeats", "Runs that count within each process.", 1);
        TimeoutSeconds = Count("--timeout", "Seconds that one process may take.", 900);
    }

    internal Option<int> Rounds { get; }

    internal Option<int> Threads { get; }

    internal Option<int> Repeats { get; }

    internal Option<int> TimeoutSeconds { get; }

    /// <summary>Makes a command take all of this.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_model);
        foreach (Option option in new Option[] { _tool, _toolArguments, Rounds, Threads, Repeats, TimeoutSeconds, _folder, _limitWith }) command.Add(option);
    }

    internal string Model(ParseResult parsed) =>
        parsed.GetRequiredValue(_model) is { } path && File.Exists(path) ? path : throw new FileNotFoundException($"there is no {parsed.GetValue(_model)}");

    /// <summary>How the tool is run.</summary>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    internal ProcessCommand Tool(ParseResult parsed)
    {
        string path = parsed.GetValue(_tool) ?? Path.Join(RepositoryRoot(), "src/WasmChord.Cli/bin/Release/net10.0/wasmchord.dll");
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no {path}: build it with 'dotnet build -c Release src/WasmChord.Cli', or name another with --tool");
        return path.EndsWith(".dll", StringComparison.Ordinal) ? new ProcessCommand("dotnet", [path]) : new ProcessCommand(path, []);
    }

    internal IReadOnlyList<string> ToolArguments(ParseResult parsed) => parsed.GetRequiredValue(_toolArguments).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    internal MemoryLimiter Limiter(ParseResult parsed) => MemoryLimiter.Find(parsed.GetValue(_limitWith));

    /// <summary>The folder for results, made where it is not there.</summary>
    internal string Folder(ParseResult parsed) => Directory.CreateDirectory(parsed.GetRequiredValue(_folder)).FullName;

    /// <summary>The command line that reproduces a run, with files by their names only.</summary>
    internal static string CommandLine(IEnumerable<string> arguments) =>
        new ProcessCommand("dotnet", ["run", "-c", "Release", "--project", "bench/WasmChord.Bench.Compare", "--", .. arguments.Select(WithoutFolders)]).ToString();

    internal static Option<int> Count(string name, string description, int defaultValue, int least = 1)
    {
        Option<int> option = new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value < least) result.AddError($"{name}: {value} is less than {least}");
        });
        return option;
    }

    /// <summary>An option that takes values separated by commas.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="defaults">Its values unless told, as one would type them.</param>
    /// <param name="parse">Reads one value; null for one that is none.</param>
    internal static Option<IReadOnlyList<T>> List<T>(string name, string description, string defaults, Func<string, T?> parse) where T : struct
    {
        return new Option<IReadOnlyList<T>>(name)
        {
            Description = $"{description} [default: {defaults}]",
            HelpName = "A,B,...",
            DefaultValueFactory = _ => [.. Words(defaults).Select(w => parse(w)!.Value)],
            CustomParser = result => Parse(result, string.Join(',', result.Tokens.Select(t => t.Value))),
        };

        IReadOnlyList<T> Parse(ArgumentResult result, string text)
        {
            List<T> values = [];
            foreach (string word in Words(text))
            {
                if (parse(word) is { } value) values.Add(value);
                else result.AddError($"{name}: '{word}' cannot be taken");
            }
            return values;
        }
    }

    internal static int? Number(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    internal static long? Size(string word) => ByteSize.TryParse(word, out long bytes) ? bytes : null;

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string WithoutFolders(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal) + 1;
        return argument.Contains('/', StringComparison.Ordinal) && !argument.Contains(' ', StringComparison.Ordinal)
            ? argument[..equals] + Path.GetFileName(argument[equals..].TrimEnd('/'))
            : argument;
    }

    private static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Join(folder.FullName, "WasmChord.Actors.sln"))) return folder.FullName;
        return Directory.GetCurrentDirectory();
    }
}
