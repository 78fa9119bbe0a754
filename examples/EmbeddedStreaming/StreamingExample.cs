using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Examples.EmbeddedStreaming;

/// <summary>Opens a model under a budget smaller than itself, and reads all of it twice, layer by layer.</summary>
public static class StreamingExample
{
    private const int Passes = 2;

    private const string DefaultBudget = "3layers";

    private static readonly string s_defaultModel = Path.Combine("examples", "models", "demo.gguf");

    /// <summary>Runs the example.</summary>
    /// <param name="args">The model, and its budget; both may be left out.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where failures go.</param>
    /// <returns>0, or 1 for a model that cannot be opened or read.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        string path = args.Length > 0 ? args[0] : FindDefaultModel();
        string budgetText = args.Length > 1 ? args[1] : DefaultBudget;
        if (!BudgetSpec.TryParse(budgetText, out BudgetSpec budget))
        {
            error.WriteLine($"'{budgetText}' is not a budget such as 512MiB or 4layers");
            return 1;
        }

        // Warnings only: the log goes to standard output, where the results are.
        Config config = ConfigurationFactory.ParseString("akka.loglevel = WARNING");
        using ActorSystem system = ActorSystem.Create("embedded-streaming", config);
        try
        {
            await using StreamedModel model = await WasmChordExtension.Get(system)
                .OpenModelAsync(path, new ModelOptions { Budget = budget });
            await StreamAsync(model, system.Materializer(), output);
            return 0;
        }
        catch (Exception e) when (e is ModelRefusedException or LayerRefusedException)
        {
            error.WriteLine(e.Message);
            return 1;
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static async Task StreamAsync(StreamedModel model, IMaterializer materializer, TextWriter output)
    {
        ModelDescription description = model.Description;
        output.WriteLine($"{Path.GetFileName(description.Path)}: {description.Architecture}, {description.Layers.Count} layers, {description.TensorBytes} bytes of tensors");
        output.WriteLine($"{description.Residency.Mode}: {description.Residency.Why}");
        for (int pass = 1; pass <= Passes; pass++)
        {
            output.WriteLine($"pass {pass}");
            await model.UseLayers(description.Layers, SumOf)
                .RunForeach(s => output.WriteLine($"  {s.Layer,-10} {s.SegmentCount,3} segments {s.ByteCount,12} bytes, sum {s.Sum}"), materializer);
        }

        CacheStatistics cache = (await model.GetStatisticsAsync()).Cache;
        output.WriteLine($"budget {description.BudgetBytes} bytes, peak {cache.PeakBytes} bytes");
        output.WriteLine($"hits {cache.Hits}, misses {cache.Misses} ({cache.PrefetchHits} prefetched), evictions {cache.Evictions}, read {cache.BytesRead} bytes");
    }

    // Runs on the decode dispatcher while the layer is leased; the spans are valid until it returns.
    private static LayerSum SumOf(LayerId layer, LeaseView reader)
    {
        ulong sum = 0;
        long count = 0;
        foreach (Segment segment in reader.Segments)
        {
            ReadOnlySpan<byte> bytes = reader.Bytes(segment);
            foreach (byte b in bytes) sum += b;
            count += bytes.Length;
        }

        return new LayerSum(layer, reader.Segments.Length, count, sum);
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
