using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;
using Akka.Streams.Dsl;
using WasmChord.Actors;
using WasmChord.Inference;
using WasmChord.Memory64;

namespace WasmChord.Examples.EmbeddedGeneration;

/// <summary>Three users ask one model for texts at the same time, within a budget smaller than the model.</summary>
public static class GenerationExample
{
    private const string DefaultBudget = "2MiB";

    private static readonly string s_defaultModel = Path.Combine("src", "WasmChord.Cli", "Demo", "demo.gguf");

    private static readonly string[] s_prompts = ["Once upon a time", "One day,", "There was a"];

    /// <summary>Runs the example.</summary>
    /// <param name="args">The model, its budget, and the tokens of a text; all may be left out.</param>
    /// <param name="output">Where texts go.</param>
    /// <param name="error">Where failures go.</param>
    /// <returns>0, or 1 for a model that cannot be opened or run.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        string path = args.Length > 0 ? args[0] : FindDefaultModel();
        if (!BudgetSpec.TryParse(args.Length > 1 ? args[1] : DefaultBudget, out BudgetSpec budget))
        {
            error.WriteLine($"'{args[1]}' is not a budget such as 512MiB or 4layers");
            return 1;
        }

        int maxTokens = args.Length > 2 && int.TryParse(args[2], out int tokens) ? tokens : 60;
        using ActorSystem system = ActorSystem.Create("embedded-generation", ConfigurationFactory.ParseString("akka.loglevel = WARNING"));
        try
        {
            await using StreamedModel model = await WasmChordExtension.Get(system).OpenModelAsync(path, new ModelOptions { Budget = budget });
            // Asked at once, they advance together: each layer is read once a wave for all of them.
            string[] texts = await Task.WhenAll(s_prompts.Select(prompt => TellAsync(model, prompt, maxTokens, system.Materializer())));
            foreach (string text in texts) output.WriteLine(text);
            GenerationStatistics statistics = await model.GetGenerationStatisticsAsync();
            output.WriteLine($"{statistics.GeneratedTokens} tokens in {statistics.Waves} waves, {statistics.BytesRead} bytes read, budget {model.Description.BudgetBytes} bytes");
            return 0;
        }
        catch (Exception e) when (e is ModelRefusedException or GenerationRefusedException or GenerationFailedException)
        {
            error.WriteLine(e.Message);
            return 1;
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static async Task<string> TellAsync(StreamedModel model, string prompt, int maxTokens, IMaterializer materializer)
    {
        GenerationOptions options = new() { MaxTokens = maxTokens, Sampler = new SamplerOptions { Temperature = 0.7f, Seed = 7 } };
        // A slow reader of this stream would slow its own text only.
        string text = await model.Generate(GenerationPrompt.FromText(prompt), options)
            .RunAggregate(prompt, (sofar, token) => sofar + token.Text, materializer);
        return text;
    }

    private static string FindDefaultModel()
    {
        foreach (string start in new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, s_defaultModel);
                if (File.Exists(candidate)) return candidate;
            }
        }

        return s_defaultModel;
    }
}
