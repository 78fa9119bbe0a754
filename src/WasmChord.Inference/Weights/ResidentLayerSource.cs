using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>
/// A whole model in memory, loaded once: weights for a pass without actors and without a budget.
/// </summary>
public sealed class ResidentLayerSource : ILayerSource, IDisposable
{
    private readonly IReadOnlyList<IStorage> _files;
    private readonly IImageMemory _image;
    private readonly LayerLease _lease;

    private ResidentLayerSource(IReadOnlyList<TensorInfo> tensors, ImageLayout layout, IReadOnlyList<IStorage> files, IImageMemory image)
    {
        Tensors = tensors;
        Layout = layout;
        _files = files;
        _image = image;
        _lease = new LayerLease(default, 0, layout.Segments.Segments, image, _ => { });
    }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <inheritdoc/>
    public ImageLayout Layout { get; }

    /// <summary>Reads all segments of a model. Blocks.</summary>
    /// <param name="model">The model, from files.</param>
    /// <param name="options">How it lies in memory; raw residency.</param>
    /// <exception cref="StorageException">A file could not be read.</exception>
    public static ResidentLayerSource Load(GgufModel model, ImageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ImageLayout layout = ImageLayout.Create(model.Tensors, model.Manifest.Layers, options ?? new ImageOptions());
        List<IStorage> files = [];
        SlotImage image = new(layout);
        try
        {
            foreach (GgufFile file in model.Files) files.Add(Storage.Open(file.Name, new StorageOptions { Mode = StorageMode.Buffered }, out _));
            foreach (Segment segment in layout.Segments.Segments)
            {
                image.Commit(segment, default);
                files[segment.FileIndex].Read(segment, image);
            }

            return new ResidentLayerSource(model.Tensors, layout, files, image);
        }
        catch
        {
            image.Dispose();
            foreach (IStorage file in files) file.Dispose();
            throw;
        }
    }

    /// <summary>Nothing to do: all is here.</summary>
    public void BeginWave(IReadOnlyList<SegmentId> order)
    {
    }

    /// <summary>Nothing to do: all is here.</summary>
    public void Expect(IReadOnlyList<SegmentId> segments)
    {
    }

    /// <inheritdoc/>
    public LayerLease Acquire(Segment segment) => _lease;

    /// <summary>Nothing to do: all stays.</summary>
    public void EndWave()
    {
    }

    /// <inheritdoc/>
    public void Read(TensorInfo tensor, long byteOffset, Span<byte> destination)
    {
        try
        {
            _files[tensor.FileIndex].Read(tensor.FileOffset + byteOffset, destination);
        }
        catch (StorageException e)
        {
            throw new WeightsUnavailableException($"{tensor.Name} could not be read: {e.Message}", e);
        }
    }

    /// <summary>Frees the weights and closes the files.</summary>
    public void Dispose()
    {
        _lease.Dispose();
        _image.Dispose();
        foreach (IStorage file in _files) file.Dispose();
    }
}
