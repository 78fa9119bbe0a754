using WasmChord.Memory64;

namespace WasmChord.Actors.Tests.Guests;

/// <summary>A thousand hostile guests on a small model, whose frames are pages: given up, they are returned to the system.</summary>
public sealed class HostileCampaignTests : HostileCampaignKit
{
    [SkippableFact]
    public async Task RunGuest_AThousandHostileOnes_ChangeNothingHoldNothingAndHarmNobody()
    {
        Skip.IfNot(MappedImage.IsSupported, "guests can share an image on Linux only");
        await using StreamedModel model = await OpenAsync(budget: "4layers", options: new ModelOptions { Regions = RegionLayoutKind.Single });
        await RunHostileAsync(model, seed: 4, count: 1_000);
    }
}
