using Akka.Actor;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using WasmChord.Actors;
using WasmChord.Memory64;

namespace WasmChord.Examples.Tests;

public sealed class SampleConfigurationTests
{
    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(ExampleFiles.HoconFolder, "*.conf").Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Parse_Sample_IsAccepted(string sample)
    {
        WasmChordSettings settings = SettingsOf(sample);
        Assert.True(settings.IoThreads >= settings.Model.IoParallelism);
    }

    // A key that is spelled wrongly is ignored by the parser, and so must be caught here.
    [Theory]
    [MemberData(nameof(Samples))]
    public void Keys_OfASample_AreThoseOfTheReference(string sample)
    {
        string[] keys = [.. KeysOf(Load(sample).Root, "")];
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.True(WasmChordSettings.DefaultConfig.HasPath(key), $"{sample}: {key} is no setting"));
    }

    [Fact]
    public void SeedCache_KeepsFourLayersByRecency()
    {
        ModelSettings model = SettingsOf("seed-cache.conf").Model;
        Assert.Equal(BudgetSpec.Layers(4), model.Budget);
        Assert.Equal(EvictionPolicyKind.Lru, model.Policy);
    }

    [Fact]
    public async Task SeedCache_OpensTheDemoModelWithFourLayers()
    {
        using ActorSystem system = ActorSystem.Create("samples", Load("seed-cache.conf").WithFallback("akka.loglevel = WARNING"));
        await using (StreamedModel model = await WasmChordExtension.Get(system).OpenModelAsync(ExampleFiles.DemoModel))
        {
            Assert.Equal(ResidencyMode.Streaming, model.Description.Residency.Mode);
            Assert.Equal(4 * model.Description.Layout.LargestLayerBytes, model.Description.BudgetBytes - model.Description.BufferBytes);
        }

        await system.Terminate();
    }

    private static Config Load(string sample) => ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(ExampleFiles.HoconFolder, sample)));

    private static WasmChordSettings SettingsOf(string sample) =>
        WasmChordSettings.Parse(Load(sample).WithFallback(WasmChordSettings.DefaultConfig).GetConfig("wasmchord"));

    private static IEnumerable<string> KeysOf(HoconValue value, string path)
    {
        if (!value.IsObject()) return [path];
        return value.GetObject().Items.SelectMany(i => KeysOf(i.Value, path.Length == 0 ? i.Key : $"{path}.{i.Key}"));
    }
}
