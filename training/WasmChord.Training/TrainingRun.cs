using System.Diagnostics;
using TorchSharp;
using WasmChord.Training.Stories;
using static TorchSharp.torch;

namespace WasmChord.Training;

/// <summary>
/// One training run: the same seed, steps and thread count on the same kind of processor give the same parameters.
/// </summary>
internal sealed class TrainingRun(TrainingPlan plan, TextWriter log)
{
    private const int ReportEvery = 50, CheckpointEvery = 200, HeldOutRows = 8;

    /// <summary>The text of a run: what <see cref="StoryRows"/> begins with.</summary>
    public static ulong TextSeed(ulong seed) => seed * 1000 + 2;

    /// <summary>Learns, from a checkpoint where <paramref name="checkpoint"/> is one, and leaves checkpoints there.</summary>
    public async Task<LlamaNetwork> RunAsync(StoryVocabulary vocabulary, string checkpoint, CancellationToken cancellation)
    {
        set_num_threads(plan.Threads);
        NetworkShape shape = NetworkShape.Demo(vocabulary.Count);
        LlamaNetwork network = new(shape, plan.Seed * 1000 + 3);
        AdamW optimizer = new(network.Parameters);
        if (File.Exists(checkpoint)) await Checkpoint.LoadAsync(checkpoint, network, optimizer);
        log.WriteLine($"{network.Parameters.Values.Sum(p => p.numel()):N0} parameters, {vocabulary.Count} tokens, from step {optimizer.Steps} to {plan.Steps}");

        StoryRows rows = new(vocabulary, TextSeed(plan.Seed), shape.Context);
        long[] inputs = new long[TrainingPlan.Rows * shape.Context], targets = new long[inputs.Length];
        for (long step = 0; step < optimizer.Steps; step++) rows.Next(TrainingPlan.Rows, inputs, targets);

        double lossSum = 0;
        long lossCount = 0, start = Stopwatch.GetTimestamp();
        while (optimizer.Steps < plan.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Next(TrainingPlan.Rows, inputs, targets);
            lossSum += Step(network, optimizer, inputs, targets);
            lossCount++;
            if (optimizer.Steps % ReportEvery == 0)
            {
                log.WriteLine(
                    $"step {optimizer.Steps}, {rows.StoryCount} stories, loss {lossSum / lossCount:F4}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
                (lossSum, lossCount) = (0, 0);
            }
            if (optimizer.Steps % CheckpointEvery != 0 && optimizer.Steps != plan.Steps) continue;
            log.WriteLine($"step {optimizer.Steps}, held-out loss {HeldOutLoss(network, vocabulary):F4}");
            await Checkpoint.SaveAsync(checkpoint, network, optimizer);
            if (optimizer.Steps == plan.StepBeforeFall) File.Copy(checkpoint, checkpoint + ".before-fall", overwrite: true);
        }
        return network;
    }

    private double Step(LlamaNetwork network, AdamW optimizer, long[] inputs, long[] targets)
    {
        using DisposeScope scope = NewDisposeScope();
        long length = network.Shape.Context;
        Tensor loss = network.Loss(tensor(inputs).reshape(-1, length), tensor(targets).reshape(-1, length));
        loss.backward();
        optimizer.Step(plan.RateAt(optimizer.Steps));
        return loss.item<float>();
    }

    // Rows as in training, but of held-out stories only.
    private double HeldOutLoss(LlamaNetwork network, StoryVocabulary vocabulary)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long length = network.Shape.Context;
        long[] inputs = new long[HeldOutRows * length], targets = new long[inputs.Length];
        new StoryRows(vocabulary, plan.Seed * 1000 + 4, (int)length, heldOut: true).Next(HeldOutRows, inputs, targets);
        return network.Loss(tensor(inputs).reshape(-1, length), tensor(targets).reshape(-1, length)).item<float>();
    }
}
