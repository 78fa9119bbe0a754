using WasmChord.Training;
using WasmChord.Training.Stories;

const string Usage = """
    train --out FILE [--seed 7] [--steps 6000] [--threads 1] [--checkpoint FILE]
        trains from the seed, and writes FILE (q8_0) with its f32, q6_k and q4_k variants beside it;
        continues from the checkpoint where there is one
    evaluate --model FILE [--prompts 100] [--temperature 0] [--chance 1] [--seed 7] [--stories 0]
        lets the model tell held-out stories and checks them; with --stories, compares with that many training stories
    tell --model FILE --prompt TEXT [--temperature 0] [--chance 1]
    stories [--count 10] [--seed 1]
    """;

try
{
    Options options = new(args.Skip(1).ToArray());
    await (args.FirstOrDefault() switch
    {
        "train" => TrainAsync(options),
        "evaluate" => EvaluateAsync(options),
        "tell" => TellAsync(options),
        "stories" => StoriesAsync(options),
        _ => throw new ArgumentException(Usage),
    });
    return 0;
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("stopped; the last checkpoint can be continued");
    return 1;
}

static async Task TrainAsync(Options options)
{
    string output = options.Text("--out");
    TrainingPlan plan = new(options.Number("--seed", 7ul), options.Number("--steps", 6000), options.Number("--threads", 1));
    string checkpoint = options.Text("--checkpoint", Path.Combine(Path.GetTempPath(), $"wasmchord-stories-{plan.Seed}.checkpoint.gguf"));
    options.Complete();
    using CancellationTokenSource stop = new();
    Console.CancelKeyPress += (_, e) =>
    {
        e.Cancel = true;
        stop.Cancel();
    };

    TorchLibrary.Prepare();
    StoryVocabulary vocabulary = DemoVocabulary.Learn(plan.Seed);
    LlamaNetwork network = await new TrainingRun(plan, Console.Error).RunAsync(vocabulary, checkpoint, stop.Token);
    string origin = $"Tells short stories for children. Trained from seed {plan.Seed}, {plan.Steps} steps, "
        + "on text of the grammar in training/WasmChord.Training.Stories.";
    foreach (ModelFile.Precision precision in ModelFile.Precision.All)
    {
        string path = precision.Name == "q8_0" ? output : Path.ChangeExtension(output, $".{precision.Name}.gguf");
        await ModelFile.WriteAsync(path, network.Shape, network.Values, vocabulary, precision, origin);
        Console.Error.WriteLine($"{path}: {new FileInfo(path).Length:N0} bytes");
    }
}

static async Task EvaluateAsync(Options options)
{
    string model = options.Text("--model");
    int prompts = options.Number("--prompts", 100), stories = options.Number("--stories", 0);
    float temperature = options.Number("--temperature", 0f);
    ulong chance = options.Number("--chance", 1ul), seed = options.Number("--seed", 7ul);
    options.Complete();
    await Evaluation.RunAsync(model, prompts, temperature, chance, seed, stories, Console.Out);
}

static async Task TellAsync(Options options)
{
    string model = options.Text("--model"), prompt = options.Text("--prompt");
    float temperature = options.Number("--temperature", 0f);
    ulong chance = options.Number("--chance", 1ul);
    options.Complete();
    using StoryTeller teller = await StoryTeller.OpenAsync(model);
    Console.WriteLine(teller.Continue([prompt], temperature, chance)[0]);
}

static Task StoriesAsync(Options options)
{
    StoryGenerator generator = new(StoryGrammar.Default, options.Number("--seed", 1ul));
    int count = options.Number("--count", 10);
    options.Complete();
    for (int i = 0; i < count; i++) Console.WriteLine(generator.Next().Text);
    return Task.CompletedTask;
}
