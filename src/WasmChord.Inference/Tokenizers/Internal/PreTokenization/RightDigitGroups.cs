namespace WasmChord.Inference;

/// <summary>
/// The groups of AFMoE: runs of any digits are cut after each group; the leftmost stays with the text before it, which a
/// later expression divides.
/// </summary>
internal sealed class RightDigitGroups : DigitGroups
{
    protected override int EndOfRun(CodePoints text, int at, int end) => text.EndOfRun(at, end, CharacterClass.Number);

    protected override IEnumerable<int> Cuts(CodePoints text, int start, int run, int end) =>
        (run - start) % Group is var rest && rest == 0 ? Between(start + Group, run) : Between(start + rest, run);
}
