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
    private const int ReportEvery = 50, CheckpointEvery = 100, HeldOutRows = 2;

    /// <summary>The text of a run: what <see cref="StoryRows"/> begins with.</summary>
    public static ulong TextSeed(ulong seed) => seed * 1000 + 2;

    /// <summary>Learns, from a checkpoint where <paramref name="checkpoint"/> is one, and leaves checkpoints there.</summary>
    public async Task<LlamaNetwork> RunAsync(StoryVocabulary vocabulary, string checkpoint, CancellationToken cancellation)
    {
        set_num_threads(plan.Threads);
        NetworkShape shape = NetworkShape.Demo(vocabulary.Count);
        LlamaNetwork network = new(shape, plan.Seed * 1000 + 3);
        Optimizer optimizer = new(network.Parameters);
        if (File.Exists(checkpoint)) await Checkpoint.LoadAsync(checkpoint, network, optimizer);
        log.WriteLine($"{network.Parameters.Values.Sum(p => p.numel()):N0} parameters, {vocabulary.Count} tokens, from step {optimizer.Steps} to {plan.Steps}");

        StoryRows rows = new(vocabulary, TextSeed(plan.Seed));
        for (long step = 0; step < optimizer.Steps; step++) rows.Next(TrainingPlan.Rows);

        double lossSum = 0;
        long lossCount = 0, start = Stopwatch.GetTimestamp();
        while (optimizer.Steps < plan.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            lossSum += Step(network, optimizer, rows.Next(TrainingPlan.Rows));
            lossCount++;
            if (optimizer.Steps % ReportEvery == 0)
            {
                log.WriteLine(
                    $"step {optimizer.Steps}, {rows.StoryCount} stories, loss {lossSum / lossCount:F4}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
                (lossSum, lossCount) = (0, 0);
            }
            if (optimizer.Steps % CheckpointEvery != 0 && optimizer.Steps != plan.Steps) continue;
            log.WriteLine($"step {optimizer.Steps}, held-out loss {HeldOutLoss(network, vocabulary)}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
            await Checkpoint.SaveAsync(checkpoint, network, optimizer);
            if (optimizer.Steps == plan.StepBeforeFall) File.Copy(checkpoint, checkpoint + ".before-fall", overwrite: true);
        }
        return network;
    }

    private double Step(LlamaNetwork network, Optimizer optimizer, StoryBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor repeats = Shaped(batch.Repeats, batch).to(ScalarType.Float32), text = Shaped(batch.IsText, batch).to(ScalarType.Float32);
        Tensor named = Shaped(batch.Introduces, batch).to(ScalarType.Float32);
        Tensor weights = (repeats + named) * (TrainingPlan.RepeatWeight - 1) + text;
        Tensor loss = (Losses(network, batch) * weights).sum() / weights.sum();
        loss.backward();
        double rate = plan.RateAt(optimizer.Steps);
        optimizer.Step(rate, rate * TrainingPlan.MatrixShare);
        return loss.item<float>();
    }

    // As in training, but of held-out stories only; batches have stories of like length, so of all that are made together.
    private string HeldOutLoss(LlamaNetwork network, StoryVocabulary vocabulary)
    {
        using IDisposable guard = no_grad();
        StoryRows rows = new(vocabulary, plan.Seed * 1000 + 4, heldOut: true);
        double sum = 0, count = 0, repeatSum = 0, repeatCount = 0;
        for (int i = 0; i < StoryRows.BatchesTogether; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            StoryBatch batch = rows.Next(HeldOutRows);
            Tensor losses = Losses(network, batch);
            Tensor repeats = Shaped(batch.Repeats, batch).to(ScalarType.Float32), text = Shaped(batch.IsText, batch).to(ScalarType.Float32);
            sum += (losses * text).sum().item<float>();
            count += text.sum().item<float>();
            repeatSum += (losses * repeats).sum().item<float>();
            repeatCount += repeats.sum().item<float>();
        }
        return $"{sum / count:F4}, of repeats {repeatSum / repeatCount:F4}";
    }

    // (rows, length)
    private static Tensor Losses(LlamaNetwork network, StoryBatch batch) =>
        network.Losses(tensor(batch.Inputs).reshape(batch.Rows, batch.Length), tensor(batch.Targets).reshape(batch.Rows, batch.Length))
            .reshape(batch.Rows, batch.Length);

    private static Tensor Shaped(bool[] values, StoryBatch batch) => tensor(values).reshape(batch.Rows, batch.Length);
}
