using System.CommandLine;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>One command of the tool.</summary>
internal abstract class ToolCommand : Command
{
    protected ToolCommand(ToolOutput output, string name, string description) : base(name, description)
    {
        Output = output;
        SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken));
    }

    /// <summary>Where its words go.</summary>
    protected ToolOutput Output { get; }

    /// <summary>Does the job.</summary>
    /// <returns>One of <see cref="ExitCode"/>; failures are thrown.</returns>
    protected abstract Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken);

    /// <summary>The argument that names a model.</summary>
    internal static Argument<string> ModelArgument(string name = "MODEL") =>
        new(name) { Description = "A GGUF file; any shard of a split model names all of it." };

    /// <summary>An option whose value is a size in bytes, such as <c>512MiB</c>; <c>2G</c> is taken for <c>2GB</c> as llama.cpp does.</summary>
    internal static Option<long?> SizeOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result =>
        {
            string text = result.Tokens.Single().Value;
            string withUnit = text.Length > 0 && "KMGTkmgt".Contains(text[^1]) ? text + "B" : text;
            if (ByteSize.TryParse(withUnit, out long bytes)) return bytes;
            result.AddError($"{name}: '{text}' is not a size such as 512MiB, 2GB or 4096");
            return null;
        },
    };

    /// <summary>The option that bounds a model's memory.</summary>
    internal static Option<BudgetSpec?> BudgetOption() => new("--budget")
    {
        Description = "Memory for the model: auto, a size such as 512MiB, or layers such as 4layers.",
        HelpName = "BUDGET",
        CustomParser = result =>
        {
            string text = result.Tokens.Single().Value;
            if (BudgetSpec.TryParse(text, out BudgetSpec budget)) return budget;
            result.AddError($"--budget: '{text}' is not auto, a size such as 512MiB, or layers such as 4layers");
            return null;
        },
    };

    /// <summary>An option whose value is a whole number in a range.</summary>
    internal static Option<int> CountOption(string name, string description, int defaultValue, int least = 1, int most = int.MaxValue)
    {
        Option<int> option = new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && (value < least || value > most))
                result.AddError($"{name}: {value} is not from {least} to {most}");
        });
        return option;
    }

    /// <summary>The option that bounds generated tokens; null for the setting.</summary>
    internal static Option<int?> TokensOption(string description)
    {
        Option<int?> option = new("--max-tokens", "-n") { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value < 0)
                result.AddError($"--max-tokens: {value} tokens cannot be generated");
        });
        return option;
    }

    /// <summary>An option whose value is one of an enumeration's names, in lower case.</summary>
    internal static Option<T?> ChoiceOption<T>(string name, string description) where T : struct, Enum
    {
        string[] choices = [.. Enum.GetNames<T>().Select(n => n.ToLowerInvariant())];
        Option<T?> option = new(name)
        {
            Description = description,
            HelpName = string.Join('|', choices),
            CustomParser = result =>
            {
                string text = result.Tokens.Single().Value;
                if (choices.Contains(text)) return Enum.Parse<T>(text, ignoreCase: true);
                result.AddError($"{name}: '{text}' is not one of {string.Join(", ", choices)}");
                return null;
            },
        };
        option.CompletionSources.Add(choices);
        return option;
    }
}
