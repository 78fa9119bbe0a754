using Akka.TestKit.Xunit2;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

public sealed class LeaseGrantTests : TestKit
{
    private readonly TestModel _model = TestModel.Create();

    [Fact]
    public async Task TryOpen_AgainAndAgain_IsOneLeaseWithOneAnswerAndOneMessageAtEachEnd()
    {
        using GgufModel file = await GgufModel.OpenAsync(_model.Path);
        ImageLayout layout = Layout(file);
        ImageGeneration generation = new(1, new SlotImage(layout), layout.Segments);
        LeaseGrant grant = new();
        Assert.True(grant.IsFree);
        for (int i = 1; i <= 3; i++)
        {
            Assert.True(grant.TryOpen(TestActor, new LeaseId(i), generation, layout.Segments.Segments[i..(2 * i)]));
            Assert.False(grant.IsFree);
            Assert.Same(grant.Lease, grant.Answer.Lease);
            Assert.Equal((new LeaseId(i), i), (grant.Lease.Id, grant.Lease.Segments.Length));
            Assert.True(grant.Lease.TryRead(out LeaseReader reader));
            grant.Lease.Dispose();
            // Somebody is inside: nothing may be used again yet.
            Assert.False(grant.IsFree);
            reader.Dispose();
            Assert.True(grant.IsFree);
            Assert.Same(grant, ExpectMsg<LeaseGrant>());
        }
    }

    [Fact]
    public async Task TryOpen_InTheNextGeneration_HoldsThatOne()
    {
        using GgufModel file = await GgufModel.OpenAsync(_model.Path);
        ImageLayout layout = Layout(file);
        ImageGeneration first = new(1, new SlotImage(layout), layout.Segments), second = new(2, new SlotImage(layout), layout.Segments);
        LeaseGrant grant = new();
        Assert.True(grant.TryOpen(TestActor, new LeaseId(1), first, layout.Segments.Segments[..1]));
        grant.Lease.Dispose();
        first.Retire(_ => { });
        Assert.False(grant.TryOpen(TestActor, new LeaseId(2), first, layout.Segments.Segments[..1]));
        // Born ended: revoked at once, it holds nothing and is announced like any other.
        grant.Lease.Revoke();
        Assert.True(grant.TryOpen(TestActor, new LeaseId(1), second, layout.Segments.Segments[..1]));
        Assert.Equal(2, grant.Lease.Generation);
        long lingering = 0;
        second.Retire(bytes => lingering = bytes);
        Assert.True(lingering > 0);
        grant.Lease.Dispose();
        Assert.Equal(0, lingering);
        for (int i = 0; i < 3; i++) ExpectMsg<LeaseGrant>();
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _model.Dispose();
    }

    private static ImageLayout Layout(GgufModel file) => ImageLayout.Create(file.Tensors, file.Manifest.Layers, new ImageOptions());
}
