using WasmChord.Memory64;

namespace WasmChord.Cli.Tests;

public sealed class EngineSystemTests
{
    [Fact]
    public async Task Start_StatedBudget_MayUseAllThatTheMachineHas()
    {
        await using EngineSystem engine = EngineSystem.Start(new ToolOutput(TextWriter.Null, TextWriter.Null, null), BudgetSpec.Parse("64MiB"));
        Assert.Equal((1.0, 0L), (engine.Engine.Settings.AutoBudgetFraction, engine.Engine.Settings.AutoBudgetHeadroomBytes));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("auto")]
    public async Task Start_NoStatedBudget_LeavesRoomForOthers(string? budget)
    {
        await using EngineSystem engine = EngineSystem.Start(new ToolOutput(TextWriter.Null, TextWriter.Null, null), budget is null ? null : BudgetSpec.Parse(budget));
        Assert.InRange(engine.Engine.Settings.AutoBudgetFraction, 0.1, 0.99);
        Assert.InRange(engine.Engine.Settings.AutoBudgetHeadroomBytes, 1, long.MaxValue);
    }
}
