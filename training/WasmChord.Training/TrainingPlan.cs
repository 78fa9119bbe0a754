namespace WasmChord.Training;

/// <summary>
/// How long and how fast to learn. The rate rises over the first steps, stays, and falls to nothing over the last
/// share, so that a run can be continued from any checkpoint before the fall.
/// </summary>
internal sealed record TrainingPlan(ulong Seed, int Steps, int Threads)
{
    /// <summary>Stories of a step: about two thousand tokens.</summary>
    public const int Rows = 14;

    /// <summary>
    /// How many times as much as others those tokens count that repeat what their story has said before. As many times
    /// those that name a person for the first time, or else a name that was said would seem likely there too.
    /// </summary>
    public const double RepeatWeight = 5;

    /// <summary>The change of a matrix's entry beside the learning rate; see <see cref="Optimizer.Step"/>.</summary>
    public const double MatrixShare = 0.4;

    private const double Peak = 1.5e-3, Fall = 0.4;
    private const int Rise = 30;

    /// <summary>The last checkpoint before the rate falls: where a longer run can go on.</summary>
    public long StepBeforeFall => (long)((1 - Fall) * Steps) / 200 * 200;

    /// <summary>The learning rate of a step, counted from 0.</summary>
    public double RateAt(long step)
    {
        double left = (Steps - step) / (Fall * Steps);
        return Peak * Math.Min(1, (step + 1.0) / Rise) * Math.Clamp(left, 0, 1);
    }
}
